"""Pooling on the compiled core.

Windows of more than 256 places are left to the portable bodies: a place is kept in one byte.
"""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core, dense
from convstep.ops.geometry import Pads, Pair, Window
from convstep.ops.portable import pool as portable

_MOST_PLACES = 256


def max_pool2d(x: Array, window: Window) -> Array:
    """Keep the largest cell under each window; a NaN counts as the largest."""
    y = _outputs(x, window)
    core().max_pool2d(dense(x), y, *_geometry(window))
    return y


def max_pool2d_backward(grad: Array, x: Array, window: Window, ties: str) -> Array:
    """Send each output's gradient to the first, all, or an equal share to each of the maxima."""
    if ties == "first":
        if _places(window) > _MOST_PLACES:
            return portable.max_pool2d_backward(grad, x, window, ties)
        return max_pool2d_index_backward(grad, max_pool2d_with_index(x, window)[1], window)
    x, y, geometry = dense(x), max_pool2d(x, window), _geometry(window)
    if ties == "split":
        winners = np.empty_like(y)
        core().max_pool2d_count(x, y, winners, *geometry)
        grad = grad / winners
    dx = np.empty(x.shape, grad.dtype)
    core().max_pool2d_equal_backward(dense(grad), x, y, dx, *geometry)
    return dx


def max_pool2d_with_index(x: Array, window: Window) -> tuple[Array, Array]:
    """Return the maxima, and for each its place i * kernel_width + j in the window, the first."""
    if _places(window) > _MOST_PLACES:
        return portable.max_pool2d_with_index(x, window)
    y = _outputs(x, window)
    index = np.empty(y.shape, np.uint8)
    core().max_pool2d_with_index(dense(x), index, y, *_geometry(window))
    return y, index


def max_pool2d_index_backward(grad: Array, index: Array, window: Window) -> Array:
    """Send each output's gradient to the cell whose place in the window was kept."""
    if index.dtype != np.uint8:
        return portable.max_pool2d_index_backward(grad, index, window)
    dx = _inputs(grad, window)
    core().max_pool2d_index_backward(dense(grad), dense(index), dx, *_geometry(window))
    return dx


def avg_pool2d(x: Array, window: Window, count_include_pad: bool) -> Array:
    """Divide the sum under each window by its number of cells."""
    y = _outputs(x, window)
    core().avg_pool2d(dense(x), count_include_pad, y, *_geometry(window))
    return y


def avg_pool2d_backward(grad: Array, window: Window, count_include_pad: bool) -> Array:
    """Give every cell of a window an equal share of its gradient."""
    dx = _inputs(grad, window)
    core().avg_pool2d_backward(dense(grad), count_include_pad, dx, *_geometry(window))
    return dx


def _outputs(x: Array, window: Window) -> Array:
    return np.empty((x.shape[0], *window.out, x.shape[3]), x.dtype)


def _inputs(grad: Array, window: Window) -> Array:
    return np.empty((grad.shape[0], *window.size, grad.shape[3]), grad.dtype)


def _places(window: Window) -> int:
    return window.kernel[0] * window.kernel[1]


def _geometry(window: Window) -> tuple[Pair, Pair, Pads, Pair]:
    return window.kernel, window.stride, window.padding, window.dilation
