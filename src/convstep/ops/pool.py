"""Pooling, forward and backward: the largest or the mean of each window, channel by channel."""

from functools import lru_cache
from types import NoneType
from typing import Any

from convstep.errors import argument_error, type_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, compute_dtype, result_dtype
from convstep.ops.dispatch import body
from convstep.ops.geometry import Pair, Window, flag, integer, pair, require_cells, sliding_window

TIES = ("all", "first", "split")


def max_pool2d(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Array:
    """Take the largest cell of each window.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, C)
    kernel_size : int or (int, int)
    stride : int or (int, int), optional
        The kernel size if None.
    padding : int, (int, int), ((int, int), (int, int)), "valid", "same" or "same_lower"
        Padding never wins: it counts as minus infinity.
    dilation : int or (int, int)
    ceil_mode : bool
        One more window where the stride leaves a rest, unless it would start in the trailing
        padding; that window may hang over the end.

    Returns
    -------
    ndarray, shape (N, out_height, out_width, C)
        New memory, in x's dtype where that is floating, else float64. A window with a NaN
        gives NaN.

    Raises
    ------
    ArgumentError
        If an option breaks its rule, or a window lies wholly in padding.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.max_pool2d(np.ones((1, 8, 8, 3)), 2).shape
    (1, 4, 4, 3)
    """
    name = "max_pool2d"
    x = checks.images(name, "x", x)
    window = _window(name, x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    dtype = compute_dtype(x)
    y: Array = body("max_pool2d", dtype)(as_dtype(x, dtype), window)
    return as_dtype(y, result_dtype(x))


def max_pool2d_backward(
    grad: Any,
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    ties: str = "first",
) -> Array:
    """Carry a gradient back through `max_pool2d`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, out_height, out_width, C)
    x, kernel_size, stride, padding, dilation, ceil_mode
        As they were given to `max_pool2d`.
    ties : {"first", "all", "split"}
        Where several cells of a window are its maximum: the first of them, row by row, gets the
        gradient (as in PyTorch, JAX and TensorFlow), all of them get the whole of it (the taught
        rule), or each gets an equal share. In a window with NaNs they are the maxima.

    Returns
    -------
    ndarray, shape (N, H, W, C)
        New memory, in x's dtype where that is floating, else float64; overlapping windows add up.

    Raises
    ------
    ArgumentError
        As `max_pool2d`, and if grad has not the shape that it returns.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x = np.array([[1.0, 3.0], [3.0, 2.0]]).reshape(1, 2, 2, 1)
    >>> cs.ops.max_pool2d_backward(np.ones((1, 1, 1, 1)), x, 2).reshape(2, 2)
    array([[0., 1.],
           [0., 0.]])
    """
    name = "max_pool2d_backward"
    x = checks.images(name, "x", x)
    grad = checks.images(name, "grad", grad)
    ties = checks.choice(name, "ties", ties, TIES)
    window = _window(name, x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    checks.same_shape(name, "grad", grad, (len(x), *window.out, x.shape[3]), "the output's")
    dtype = compute_dtype(grad, x)
    dx: Array = body(name, dtype)(as_dtype(grad, dtype), as_dtype(x, dtype), window, ties)
    return as_dtype(dx, result_dtype(x))


def max_pool2d_with_index(x: Array, kernel_size: Any, **options: Any) -> tuple[Array, Array]:
    """`max_pool2d`, and the place of each maximum in its window, the first where several tie.

    The index (unsigned integers, one byte for windows of up to 256 cells) is all that
    `max_pool2d_index_backward` needs of x: layers keep it in place of x.
    """
    x = checks.images("max_pool2d", "x", x)
    window = _window("max_pool2d", x.shape, kernel_size, **options)
    dtype = compute_dtype(x)
    y, index = body("max_pool2d_with_index", dtype)(as_dtype(x, dtype), window)
    return as_dtype(y, result_dtype(x)), index


def max_pool2d_index_backward(
    grad: Array, index: Array, x_shape: tuple[int, ...], kernel_size: Any, **options: Any
) -> Array:
    """Carry a gradient back through `max_pool2d_with_index`, by the index that it returned."""
    name = "max_pool2d_backward"
    grad = checks.images(name, "grad", grad)
    window = _window(name, x_shape, kernel_size, **options)
    checks.same_shape(name, "grad", grad, index.shape, "the output's")
    dtype = compute_dtype(grad)
    dx: Array = body("max_pool2d_index_backward", dtype)(as_dtype(grad, dtype), index, window)
    return as_dtype(dx, result_dtype(grad))


def avg_pool2d(
    x: Any,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Array:
    """Take the mean of each window.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, C)
    kernel_size, stride, padding, dilation, ceil_mode
        As for `max_pool2d`.
    count_include_pad : bool
        Divide by the window's cells inside the padded input, not only by those inside the input
        (False as in ONNX; PyTorch has True). Cells beyond the padding never count.

    Returns
    -------
    ndarray, shape (N, out_height, out_width, C)
        New memory, in x's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If an option breaks its rule, or a window lies wholly in padding.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.avg_pool2d(np.ones((1, 7, 7, 3)), 3, stride=2, padding="same").shape
    (1, 4, 4, 3)
    """
    name = "avg_pool2d"
    x = checks.images(name, "x", x)
    window = _window(name, x.shape, kernel_size, stride, padding, dilation, ceil_mode)
    dtype = compute_dtype(x)
    y: Array = body(name, dtype)(
        as_dtype(x, dtype), window, flag(name, "count_include_pad", count_include_pad)
    )
    return as_dtype(y, result_dtype(x))


def avg_pool2d_backward(
    grad: Any,
    x_shape: tuple[int, ...],
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = False,
) -> Array:
    """Carry a gradient back through `avg_pool2d`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, out_height, out_width, C)
    x_shape : (int, int, int, int)
        The shape of x; its values are not needed.
    kernel_size, stride, padding, dilation, ceil_mode, count_include_pad
        As they were given to `avg_pool2d`.

    Returns
    -------
    ndarray, shape (N, H, W, C)
        New memory, in grad's dtype where that is floating, else float64; overlapping windows
        add up.

    Raises
    ------
    ArgumentError
        As `avg_pool2d`, and if grad has not the shape that it returns.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.avg_pool2d_backward(np.ones((1, 1, 1, 1)), (1, 2, 2, 1), 2).reshape(2, 2)
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    name = "avg_pool2d_backward"
    grad = checks.images(name, "grad", grad)
    x_shape = _shape(name, x_shape)
    window = _window(name, x_shape, kernel_size, stride, padding, dilation, ceil_mode)
    checks.same_shape(name, "grad", grad, (x_shape[0], *window.out, x_shape[3]), "the output's")
    dtype = compute_dtype(grad)
    dx: Array = body(name, dtype)(
        as_dtype(grad, dtype), window, flag(name, "count_include_pad", count_include_pad)
    )
    return as_dtype(dx, result_dtype(grad))


def global_avg_pool2d(x: Any) -> Array:
    """Take the mean over height and width.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, H, W, C)

    Returns
    -------
    ndarray, shape (N, C)
        In x's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If x has not four axes, or no cell.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.global_avg_pool2d(np.ones((2, 7, 7, 512))).shape
    (2, 512)
    """
    x = checks.images("global_avg_pool2d", "x", x)
    y = avg_pool2d(x, _whole("global_avg_pool2d", "x", x.shape))
    return y.reshape(len(x), x.shape[3])


def global_avg_pool2d_backward(grad: Any, x_shape: tuple[int, ...]) -> Array:
    """Carry a gradient back through `global_avg_pool2d`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, C)
    x_shape : (int, int, int, int)
        The shape of x.

    Returns
    -------
    ndarray, shape (N, H, W, C)
        In grad's dtype where that is floating, else float64.

    Raises
    ------
    ArgumentError
        If grad has not the shape that `global_avg_pool2d` returns.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.global_avg_pool2d_backward(np.ones((2, 512)), (2, 7, 7, 512)).shape
    (2, 7, 7, 512)
    """
    name = "global_avg_pool2d_backward"
    n, height, width, channels = _shape(name, x_shape)
    kernel = _whole(name, "x_shape", (n, height, width, channels))
    grad = checks.array(name, "grad", grad, 2, "(batch, channels)")
    checks.same_shape(name, "grad", grad, (n, channels), "the output's")
    return avg_pool2d_backward(
        grad.reshape(n, 1, 1, channels), (n, height, width, channels), kernel
    )


def _whole(function: str, argument: str, x_shape: tuple[int, ...]) -> int | Pair:
    """Return the kernel that covers a whole image; one number, which is known sooner, if square."""
    if 0 in x_shape[1:3]:
        rule = "have at least one row and one column"
        raise argument_error(function, argument, rule, tuple(x_shape))
    height, width = x_shape[1:3]
    return height if height == width else (height, width)


def _shape(function: str, x_shape: Any) -> tuple[int, ...]:
    if not isinstance(x_shape, tuple | list) or len(x_shape) != 4:
        raise type_error(function, "x_shape", "be the shape (N, H, W, C) of x", x_shape)
    return tuple(integer(function, "x_shape", size, 0) for size in x_shape)


def _window(
    function: str,
    x_shape: tuple[int, ...],
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Window:
    """Lay out a pooling window; none may lie wholly in padding."""
    size, words = (x_shape[1], x_shape[2]), (kernel_size, padding, dilation)
    if (
        all(type(word) in (int, str) for word in words)
        and type(stride) in (int, NoneType)
        and type(ceil_mode) is bool
    ):
        return _known_window(function, size, kernel_size, stride, padding, dilation, ceil_mode)
    return _lay_out(function, size, kernel_size, stride, padding, dilation, ceil_mode)


def _lay_out(
    function: str,
    size: Pair,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
) -> Window:
    kernel = pair(function, "kernel_size", kernel_size, 1)
    window = sliding_window(
        function,
        size,
        kernel,
        stride=kernel if stride is None else stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=flag(function, "ceil_mode", ceil_mode),
    )
    require_cells(function, window)
    return window


_known_window = lru_cache(maxsize=512, typed=True)(_lay_out)  # as that of convolutions
