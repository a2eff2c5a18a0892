"""Upsampling by repetition, forward and backward."""

from typing import Any

from convstep.errors import argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, compute_dtype, like
from convstep.ops.dispatch import body
from convstep.ops.geometry import pair, require_room


def upsample_nearest2d(x: Any, scale: Any) -> Array:
    """Repeat each cell of an image: ``y[n, i, j] = x[n, i // height, j // width]``.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, C)
    scale : int or (height, width)
        How often, at least once.

    Returns
    -------
    ndarray, shape (N, H * height, W * width, C)
        New memory, in x's dtype (integers stay integers).

    Raises
    ------
    ArgumentError
        If x has not four axes, or the scale breaks its rule.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.upsample_nearest2d(np.ones((1, 4, 4, 8)), 2).shape
    (1, 8, 8, 8)
    """
    name = "upsample_nearest2d"
    x = checks.images(name, "x", x)
    rows, columns = pair(name, "scale", scale, 1)
    require_room(name, "scale", (x.shape[1] * rows, x.shape[2] * columns))
    dtype = x.dtype.newbyteorder("=")
    y: Array = body(name, dtype)(as_dtype(x, dtype), rows, columns)
    return y


def upsample_nearest2d_backward(grad: Any, scale: Any) -> Array:
    """Carry a gradient back through `upsample_nearest2d`: sum over what was repeated.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, H * height, W * width, C)
    scale
        As it was given to `upsample_nearest2d`.

    Returns
    -------
    ndarray, shape (N, H, W, C)
        New memory, in grad's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If grad has not four axes, or its size is no multiple of the scale.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.upsample_nearest2d_backward(np.ones((1, 8, 8, 8)), 2).shape
    (1, 4, 4, 8)
    """
    name = "upsample_nearest2d_backward"
    grad = checks.images(name, "grad", grad)
    rows, columns = pair(name, "scale", scale, 1)
    if grad.shape[1] % rows or grad.shape[2] % columns:
        rule = f"have a height and width that the scale, {(rows, columns)}, divides"
        raise argument_error(name, "grad", rule, grad)
    dtype = compute_dtype(grad)
    dx: Array = body(name, dtype)(as_dtype(grad, dtype), rows, columns)
    return like(grad, dx)
