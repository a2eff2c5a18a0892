"""Pooling on the compiled core.

Windows of more than 256 places are left to the portable bodies: a place is kept in one byte.
"""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.compiled.memory import empty
from convstep.ops.geometry import Window
from convstep.ops.portable import pool as portable

_MOST_PLACES = 256
_BYTE = np.dtype(np.uint8)


def max_pool2d(x: Array, window: Window) -> Array:
    """Keep the largest cell under each window; a NaN counts as the largest."""
    y = _outputs(x, window)
    core().max_pool2d(x, y, window)
    return y


def max_pool2d_backward(grad: Array, x: Array, window: Window, ties: str) -> Array:
    """Send each output's gradient to the first, all, or an equal share to each of the maxima."""
    if ties == "first":
        if _places(window) > _MOST_PLACES:
            return portable.max_pool2d_backward(grad, x, window, ties)
        return max_pool2d_index_backward(grad, max_pool2d_with_index(x, window)[1], window)
    y = max_pool2d(x, window)
    if ties == "split":
        winners = np.empty_like(y)
        core().max_pool2d_count(x, y, winners, window)
        grad = grad / winners
    dx = empty(x.shape, grad.dtype)
    core().max_pool2d_equal_backward(grad, x, y, dx, window)
    return dx


def max_pool2d_with_index(x: Array, window: Window) -> tuple[Array, Array]:
    """Return the maxima, and for each its place i * kernel_width + j in the window, the first."""
    if _places(window) > _MOST_PLACES:
        return portable.max_pool2d_with_index(x, window)
    y = _outputs(x, window)
    index = empty(y.shape, _BYTE)
    core().max_pool2d_with_index(x, index, y, window)
    return y, index


def max_pool2d_index_backward(grad: Array, index: Array, window: Window) -> Array:
    """Send each output's gradient to the cell whose place in the window was kept."""
    if index.dtype != np.uint8:
        return portable.max_pool2d_index_backward(grad, index, window)
    dx = _inputs(grad, window)
    core().max_pool2d_index_backward(grad, index, dx, window)
    return dx


def avg_pool2d(x: Array, window: Window, count_include_pad: bool) -> Array:
    """Divide the sum under each window by its number of cells."""
    y = _outputs(x, window)
    core().avg_pool2d(x, count_include_pad, y, window)
    return y


def avg_pool2d_backward(grad: Array, window: Window, count_include_pad: bool) -> Array:
    """Give every cell of a window an equal share of its gradient."""
    dx = _inputs(grad, window)
    core().avg_pool2d_backward(grad, count_include_pad, dx, window)
    return dx


def _outputs(x: Array, window: Window) -> Array:
    height, width = window.out
    return empty((len(x), height, width, x.shape[3]), x.dtype)


def _inputs(grad: Array, window: Window) -> Array:
    height, width = window.size
    return empty((len(grad), height, width, grad.shape[3]), grad.dtype)


def _places(window: Window) -> int:
    return window.kernel[0] * window.kernel[1]
