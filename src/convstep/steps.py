"""The eight building blocks by their taught names: thin verbs over `convstep.ops`.

The numbers are those of `convstep.loops`; here arguments are checked, and the arithmetic runs
on the fastest body there is. Images are (m, n_H, n_W, n_C). Each forward function returns a
cache, which holds the caller's own objects; its backward function takes it.
"""

from typing import Any

import numpy as np

from convstep import arguments, ops
from convstep.errors import argument_error, type_error
from convstep.ops import checks, conv, pool
from convstep.ops.checks import Array, as_dtype, compute_dtype, like, result_dtype
from convstep.ops.geometry import pair, require_room

__all__ = [
    "average_pool",
    "conv_backward",
    "conv_backward_propogation",
    "conv_forward",
    "conv_single_step",
    "create_mask_from_window",
    "distribute_value",
    "max_pool",
    "pool_backward",
    "pool_forward",
    "zero_pad",
]

ConvCache = tuple[Any, Any, Any, Any]
PoolCache = tuple[Any, Any]


def zero_pad(X: Any, pad: int) -> Array:
    """Surround every image with zeros.

    Parameters
    ----------
    X : ndarray of real numbers, shape (m, n_H, n_W, n_C)
    pad : int
        Rows and columns to add on each side, at least 0.

    Returns
    -------
    ndarray, shape (m, n_H + 2 pad, n_W + 2 pad, n_C)
        New memory, in X's dtype (integers stay integers).

    Raises
    ------
    ArgumentError
        If X has not four axes, or pad is not an integer of at least 0.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.zero_pad(np.ones((4, 3, 3, 2)), 2).shape
    (4, 7, 7, 2)
    """
    return ops.pad2d(*arguments.of_padding("zero_pad", X, pad))


def conv_single_step(a_slice_prev: Any, W: Any, b: Any) -> np.floating[Any]:
    """Apply one filter at one place: ``sum(a_slice_prev * W) + b``.

    Parameters
    ----------
    a_slice_prev, W : ndarray of real numbers, shape (f, f, n_C_prev)
    b : number or ndarray of one element, any shape

    Returns
    -------
    numpy.floating
        A scalar of dtype ``np.result_type`` of the arrays where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If the two shapes differ, or b is not one number.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> print(cs.conv_single_step(np.ones((2, 2, 3)), np.ones((2, 2, 3)), np.ones((1, 1, 1))))
    13.0
    """
    name = "conv_single_step"
    a = checks.array(name, "a_slice_prev", a_slice_prev, 3, "(f, f, n_C_prev)")
    weight = checks.array(name, "W", W, 3, "(f, f, n_C_prev)")
    checks.same_shape(name, "W", weight, a.shape, "a_slice_prev's")
    bias = checks.one_number(name, "b", b)
    arrays = [a, weight] if type(b) in (bool, int, float) else [a, weight, bias]
    dtype = compute_dtype(*arrays)
    total = (as_dtype(a, dtype) * as_dtype(weight, dtype)).sum() + as_dtype(bias, dtype)
    scalar: np.floating[Any] = result_dtype(*arrays).type(total)
    return scalar


def conv_forward(A_prev: Any, W: Any, b: Any, hparameters: Any) -> tuple[Array, ConvCache]:
    """Slide every filter over every example.

    ``Z[i, h, w, c] = sum(A_prev_pad[i, window of (h, w)] * W[..., c]) + b[..., c]``

    Parameters
    ----------
    A_prev : ndarray of real numbers, shape (m, n_H_prev, n_W_prev, n_C_prev)
    W : ndarray of real numbers, shape (f, f, n_C_prev, n_C)
    b : ndarray of real numbers, shape (1, 1, 1, n_C)
    hparameters : dict
        ``"stride"``, at least 1, and ``"pad"`` (or ``"padding"``), at least 0. An ``"f"`` must
        be that of W.

    Returns
    -------
    Z : ndarray, shape (m, n_H, n_W, n_C)
        ``n_H = floor((n_H_prev - f + 2 pad) / stride) + 1``, and so n_W. Of dtype
        ``np.result_type(A_prev, W, b)`` where that is floating, else float64.
    cache : tuple
        ``(A_prev, W, b, hparameters)``, the very objects that were given.

    Raises
    ------
    ArgumentError
        If shapes do not fit each other, W is not square or larger than the padded input, or a
        hyperparameter is missing, unknown or out of range.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A_prev, W, b = np.ones((10, 4, 4, 3)), np.ones((2, 2, 3, 8)), np.zeros((1, 1, 1, 8))
    >>> Z, cache = cs.conv_forward(A_prev, W, b, {"stride": 2, "pad": 2})
    >>> Z.shape
    (10, 4, 4, 8)
    """
    a, weight, bias, layout = arguments.of_convolution("conv_forward", A_prev, W, b, hparameters)
    return conv.convolve(a, weight, bias.reshape(-1), layout), (A_prev, W, b, hparameters)


def conv_backward(dZ: Any, cache: Any) -> tuple[Array, Array, Array]:
    """Carry a gradient back through `conv_forward`.

    For filter c and output position (h, w), whose window is ``slice``:
    ``dA_prev_pad[slice] += W[..., c] * dZ[i, h, w, c]``,
    ``dW[..., c] += slice * dZ[i, h, w, c]`` and ``db[c] += dZ[i, h, w, c]``;
    then the padding of dA_prev_pad is cut away.

    Parameters
    ----------
    dZ : ndarray of real numbers, shape (m, n_H, n_W, n_C)
        The cost's gradient with respect to Z.
    cache : tuple
        What `conv_forward` returned.

    Returns
    -------
    dA_prev : ndarray, A_prev's shape
    dW : ndarray, W's shape
    db : ndarray, shape (1, 1, 1, n_C)
        Sums over examples and positions, not means; each in its argument's dtype where that is
        floating, else float64.

    Raises
    ------
    ArgumentError
        If the cache is of another kind, or dZ has not Z's shape.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A_prev, W, b = np.ones((10, 4, 4, 3)), np.ones((2, 2, 3, 8)), np.zeros((1, 1, 1, 8))
    >>> Z, cache = cs.conv_forward(A_prev, W, b, {"stride": 2, "pad": 2})
    >>> dA_prev, dW, db = cs.conv_backward(Z, cache)
    >>> dA_prev.shape, dW.shape, db.shape
    ((10, 4, 4, 3), (2, 2, 3, 8), (1, 1, 1, 8))
    """
    grad, a, weight, bias, layout = arguments.of_convolution_back("conv_backward", dZ, cache)
    grad = as_dtype(grad, compute_dtype(grad, a, weight, bias))  # db is no less exact than b
    dA_prev, dW, db = conv.gradients(grad, a, weight, layout)
    assert dA_prev is not None and dW is not None and db is not None
    return dA_prev, dW, as_dtype(db, result_dtype(bias)).reshape(bias.shape)


def pool_forward(A_prev: Any, hparameters: Any, mode: str = "max") -> tuple[Array, PoolCache]:
    """Keep the largest number of each window, or the mean, channel by channel.

    Parameters
    ----------
    A_prev : ndarray of real numbers, shape (m, n_H_prev, n_W_prev, n_C_prev)
    hparameters : dict
        ``"f"``, the size of the window, and ``"stride"``, both at least 1. A ``"pad"`` must
        be 0.
    mode : {"max", "average"}

    Returns
    -------
    A : ndarray, shape (m, n_H, n_W, n_C_prev)
        ``n_H = floor((n_H_prev - f) / stride) + 1``, and so n_W. In A_prev's dtype where that
        is floating, else float64. A window with a NaN gives NaN.
    cache : tuple
        ``(A_prev, hparameters)``, the very objects that were given.

    Raises
    ------
    ArgumentError
        If A_prev has not four axes, the window is larger than the input, the mode is unknown,
        or a hyperparameter is missing, unknown or out of range.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A, cache = cs.pool_forward(np.ones((2, 4, 4, 3)), {"f": 3, "stride": 2}, mode="average")
    >>> A.shape
    (2, 1, 1, 3)
    """
    a, layout = arguments.of_pooling("pool_forward", A_prev, hparameters, mode)
    A = pool.maxima(a, layout) if mode == "max" else pool.means(a, layout)
    return A, (A_prev, hparameters)


def pool_backward(dA: Any, cache: Any, mode: str = "max", *, ties: str = "all") -> Array:
    """Carry a gradient back through `pool_forward`.

    Parameters
    ----------
    dA : ndarray of real numbers, shape (m, n_H, n_W, n_C)
        The cost's gradient with respect to A.
    cache : tuple
        What `pool_forward` returned.
    mode : {"max", "average"}
        As it was given to `pool_forward`.
    ties : {"all", "first", "split"}
        Where several cells of a window are its maximum: all get the whole gradient (the taught
        rule), only the first does, or each an equal share.

    Returns
    -------
    ndarray, A_prev's shape
        In A_prev's dtype where that is floating, else float64; overlapping windows add up.

    Raises
    ------
    ArgumentError
        If the cache is of another kind, dA has not A's shape, or mode or ties is unknown.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A, cache = cs.pool_forward(np.ones((5, 5, 3, 2)), {"f": 2, "stride": 1})
    >>> cs.pool_backward(A, cache).shape
    (5, 5, 3, 2)
    """
    name = "pool_backward"
    grad, a, layout = arguments.of_pooling_back(name, dA, cache, mode)
    ties = checks.choice(name, "ties", ties, pool.TIES)
    if mode == "max":
        return pool.maxima_gradient(grad, a, layout, ties)
    return like(a, pool.means_gradient(as_dtype(grad, compute_dtype(grad, a)), layout))


def create_mask_from_window(x: Any) -> Array:
    """Mark the maximum of a window; every one of them where several tie.

    Parameters
    ----------
    x : ndarray of real numbers, shape (rows, cols)

    Returns
    -------
    ndarray of bool, shape (rows, cols)
        True at the maximum; where there are NaNs, at the NaNs.

    Raises
    ------
    ArgumentError
        If x has not two axes, or is empty.

    Examples
    --------
    >>> import convstep as cs
    >>> cs.create_mask_from_window([[1, 3], [4, 2]])
    array([[False, False],
           [ True, False]])
    """
    name = "create_mask_from_window"
    x = checks.array(name, "x", x, 2, "(rows, cols)")
    if x.size == 0:
        raise argument_error(name, "x", "hold at least one number", x)
    nans = np.isnan(x)
    mask: Array = nans if nans.any() else x == x.max()
    return mask


def distribute_value(dz: Any, shape: Any) -> Array:
    """Share one number out evenly over a window: ``dz / (n_H * n_W)`` everywhere.

    Parameters
    ----------
    dz : number
    shape : (int, int)
        ``(n_H, n_W)``, both at least 1.

    Returns
    -------
    ndarray, shape (n_H, n_W)
        In dz's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If dz is not one number, or shape not two sizes.

    Examples
    --------
    >>> import convstep as cs
    >>> cs.distribute_value(2, (2, 2))
    array([[0.5, 0.5],
           [0.5, 0.5]])
    """
    name = "distribute_value"
    value = checks.one_number(name, "dz", dz)
    if not isinstance(shape, tuple | list):
        raise type_error(name, "shape", "be a pair (n_H, n_W)", shape)
    n_H, n_W = pair(name, "shape", shape, 1)
    require_room(name, "shape", (n_H, n_W))
    share = value.astype(compute_dtype(value)) / (n_H * n_W)
    return np.full((n_H, n_W), share, dtype=result_dtype(value))


# ------------------------------------------------- the same by other published names


def conv_backward_propogation(dJ_dZ: Any, cache: Any) -> tuple[Array, Array, Array]:
    """`conv_backward` under another published name: returns dJ_dA, dJ_dW, dJ_db."""
    return conv_backward(dJ_dZ, cache)


def max_pool(Z_slice: Any) -> Array:
    """`create_mask_from_window` under another published name."""
    return create_mask_from_window(Z_slice)


def average_pool(dJ_dZ_slice: Any, shape: Any) -> Array:
    """`distribute_value` under another published name."""
    return distribute_value(dJ_dZ_slice, shape)
