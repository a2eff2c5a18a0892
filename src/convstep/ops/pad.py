"""Padding of height and width, forward and backward."""

from typing import Any

import numpy as np

from convstep.errors import argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, DType, as_dtype, result_dtype
from convstep.ops.dispatch import body
from convstep.ops.geometry import explicit_padding, require_room


def pad2d(x: Any, padding: Any, value: float = 0) -> Array:
    """Surround each image by cells of one value.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, C)
    padding : int, (int, int) or ((int, int), (int, int))
        ``(height, width)`` or ``((top, bottom), (left, right))``.
    value : number
        What the new cells hold.

    Returns
    -------
    ndarray, shape (N, top + H + bottom, left + W + right, C)
        New memory, in x's dtype (integers stay integers).

    Raises
    ------
    ArgumentError
        If x has not four axes, padding is negative, or x's dtype cannot hold the value.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.pad2d(np.ones((1, 8, 8, 3)), ((0, 1), (2, 2))).shape
    (1, 9, 12, 3)
    """
    x = checks.images("pad2d", "x", x)
    pads = explicit_padding("pad2d", padding)
    rows, columns = x.shape[1] + sum(pads[0]), x.shape[2] + sum(pads[1])
    require_room("pad2d", "padding", (rows, columns))
    dtype = x.dtype.newbyteorder("=")
    held = 0 if type(value) is int and value == 0 else _held(dtype, value)
    y: Array = body("pad2d", dtype)(as_dtype(x, dtype), pads, held)
    return y


def _held(dtype: DType, value: Any) -> Array:
    """Return the value in this dtype, which must be able to hold it."""
    number = checks.one_number("pad2d", "value", value)
    with np.errstate(invalid="ignore", over="ignore"):
        held = number.astype(dtype)
    fits = np.isfinite(held) == np.isfinite(number) if dtype.kind == "f" else held == number
    if not fits:
        rule = f"be a number that {dtype}, the dtype of x, can hold"
        raise argument_error("pad2d", "value", rule, value)
    return held


def pad2d_backward(grad: Any, padding: Any) -> Array:
    """Carry a gradient back through `pad2d`: cut the padding away.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, top + H + bottom, left + W + right, C)
    padding
        As it was given to `pad2d`.

    Returns
    -------
    ndarray, shape (N, H, W, C)
        New memory, in grad's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If grad has not four axes, or is smaller than the padding.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.pad2d_backward(np.ones((1, 9, 12, 3)), ((0, 1), (2, 2))).shape
    (1, 8, 8, 3)
    """
    name = "pad2d_backward"
    grad = checks.images(name, "grad", grad)
    pads = explicit_padding(name, padding)
    if any(sum(side) > size for side, size in zip(pads, grad.shape[1:3], strict=True)):
        raise argument_error(name, "grad", f"be at least as large as the padding {pads}", grad)
    dtype = result_dtype(grad)
    dx: Array = body(name, dtype)(as_dtype(grad, dtype), pads)
    return dx
