"""Pooling, forward and backward: the largest or the mean of each window, channel by channel."""

from typing import Any, NamedTuple

from convstep.errors import argument_error, type_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.dispatch import body
from convstep.ops.geometry import Window, flag, integer, pair, require_cells, sliding_window
from convstep.ops.remember import remembered

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
    ceil = flag(name, "ceil_mode", ceil_mode)
    return maxima(x, lay_out(name, (x.shape, ceil), kernel_size, stride, padding, dilation))


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
    ceil = flag(name, "ceil_mode", ceil_mode)
    layout = lay_out(name, (x.shape, ceil), kernel_size, stride, padding, dilation)
    checks.same_shape(name, "grad", grad, layout.y_shape, "the output's")
    return maxima_gradient(grad, x, layout, ties)


def max_pool2d_with_index(
    x: Array,
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> tuple[Array, Array]:
    """`max_pool2d`, and the place of each maximum in its window, the first where several tie.

    The index (unsigned integers, one byte for windows of up to 256 cells) is all that
    `max_pool2d_index_backward` needs of x: layers keep it in place of x.
    """
    name = "max_pool2d"
    x = checks.images(name, "x", x)
    ceil = flag(name, "ceil_mode", ceil_mode)
    layout = lay_out(name, (x.shape, ceil), kernel_size, stride, padding, dilation)
    result, (x,) = in_one_dtype(x)
    y, index = body("max_pool2d_with_index", x.dtype)(x, layout.window)
    return as_dtype(y, result), index


def max_pool2d_index_backward(
    grad: Array,
    index: Array,
    x_shape: tuple[int, ...],
    kernel_size: Any,
    *,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Array:
    """Carry a gradient back through `max_pool2d_with_index`, by the index that it returned."""
    name = "max_pool2d_backward"
    grad = checks.images(name, "grad", grad)
    ceil = flag(name, "ceil_mode", ceil_mode)
    layout = lay_out(name, (x_shape, ceil), kernel_size, stride, padding, dilation)
    checks.same_shape(name, "grad", grad, index.shape, "the output's")
    result, (grad,) = in_one_dtype(grad)
    dx: Array = body("max_pool2d_index_backward", grad.dtype)(grad, index, layout.window)
    return as_dtype(dx, result)


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
    ceil = flag(name, "ceil_mode", ceil_mode)
    layout = lay_out(name, (x.shape, ceil), kernel_size, stride, padding, dilation)
    return means(x, layout, flag(name, "count_include_pad", count_include_pad))


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
    x_shape = _shape(name, (), x_shape)
    ceil = flag(name, "ceil_mode", ceil_mode)
    layout = lay_out(name, (x_shape, ceil), kernel_size, stride, padding, dilation)
    checks.same_shape(name, "grad", grad, layout.y_shape, "the output's")
    return means_gradient(grad, layout, flag(name, "count_include_pad", count_include_pad))


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
    layout = _whole("global_avg_pool2d", "x", x.shape)
    return means(x, layout).reshape(len(x), x.shape[3])


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
    layout = _whole(name, "x_shape", _shape(name, (), x_shape))
    n, _, _, channels = layout.y_shape
    grad = checks.array(name, "grad", grad, 2, "(batch, channels)")
    checks.same_shape(name, "grad", grad, (n, channels), "the output's")
    return means_gradient(grad.reshape(layout.y_shape), layout)


class Layout(NamedTuple):
    """What the shapes and options of a pooling lead to."""

    window: Window
    y_shape: tuple[int, int, int, int]


@remembered
def lay_out(
    function: str,
    shapes: tuple[tuple[int, int, int, int], bool],
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    argument: str = "kernel_size",
) -> Layout:
    """Lay out a window from x's shape and ceil_mode; none may lie wholly in padding.

    `argument` is the name of the kernel's size.
    """
    (n, height, width, channels), ceil_mode = shapes
    kernel = pair(function, "kernel_size", kernel_size, 1)
    window = sliding_window(
        function,
        (height, width),
        kernel,
        stride=kernel if stride is None else stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        argument=argument,
    )
    require_cells(function, window)
    return Layout(window, (n, *window.out, channels))


def _whole(function: str, argument: str, x_shape: tuple[int, int, int, int]) -> Layout:
    """Lay out the window that covers a whole image."""
    height, width = x_shape[1:3]
    if height == 0 or width == 0:
        rule = "have at least one row and one column"
        raise argument_error(function, argument, rule, x_shape)
    return lay_out(function, (x_shape, False), (height, width), None, 0, 1)


@remembered
def _shape(function: str, shapes: tuple[()], x_shape: Any) -> tuple[int, int, int, int]:
    """Check the shape of an array that is not there."""
    if not isinstance(x_shape, tuple | list) or len(x_shape) != 4:
        raise type_error(function, "x_shape", "be the shape (N, H, W, C) of x", x_shape)
    n, height, width, channels = [integer(function, "x_shape", size, 0) for size in x_shape]
    return n, height, width, channels


# ---------------------------------------------------------------------------- arguments checked


def maxima(x: Array, layout: Layout) -> Array:
    """`max_pool2d` of arguments that were checked."""
    result, (x,) = in_one_dtype(x)
    y: Array = body("max_pool2d", x.dtype)(x, layout.window)
    return as_dtype(y, result)


def maxima_gradient(grad: Array, x: Array, layout: Layout, ties: str) -> Array:
    """`max_pool2d_backward` of arguments that were checked."""
    _, (g, a) = in_one_dtype(grad, x)
    dx: Array = body("max_pool2d_backward", g.dtype)(g, a, layout.window, ties)
    return like(x, dx)


def means(x: Array, layout: Layout, count_include_pad: bool = False) -> Array:
    """`avg_pool2d` of arguments that were checked."""
    result, (x,) = in_one_dtype(x)
    y: Array = body("avg_pool2d", x.dtype)(x, layout.window, count_include_pad)
    return as_dtype(y, result)


def means_gradient(grad: Array, layout: Layout, count_include_pad: bool = False) -> Array:
    """`avg_pool2d_backward` of arguments that were checked."""
    result, (grad,) = in_one_dtype(grad)
    dx: Array = body("avg_pool2d_backward", grad.dtype)(grad, layout.window, count_include_pad)
    return as_dtype(dx, result)
