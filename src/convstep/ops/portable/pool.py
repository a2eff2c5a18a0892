"""Pooling: one maximum, or one sum, per position of the window.

Only real cells are ever met (see `taps`), so padding can neither win a maximum nor be counted.
"""

import numpy as np

from convstep.ops.checks import Array, DType
from convstep.ops.geometry import Window, taps, valid_counts
from convstep.ops.portable.masked import masked


def max_pool2d(x: Array, window: Window) -> Array:
    """Keep the largest cell under each window; a NaN counts as the largest."""
    y = np.full((x.shape[0], *window.out, x.shape[3]), -np.inf, x.dtype)
    for tap in taps(window):
        np.maximum(y[tap.out], x[tap.into], out=y[tap.out])
    return y


def max_pool2d_backward(grad: Array, x: Array, window: Window, ties: str) -> Array:
    """Send each output's gradient to the cell that was the maximum.

    Where several cells tie: to ``"all"`` of them, to the ``"first"`` row by row, or in equal
    shares (``"split"``).
    """
    y = max_pool2d(x, window)
    if ties == "split":
        winners = np.zeros(y.shape, grad.dtype)
        for tap in taps(window):
            winners[tap.out] += _won(x[tap.into], y[tap.out])
        grad = grad / winners
    taken = np.zeros(y.shape, bool)
    dx = np.zeros(x.shape, grad.dtype)
    for tap in taps(window):
        hit = _won(x[tap.into], y[tap.out])
        if ties == "first":
            hit &= ~taken[tap.out]
            taken[tap.out] |= hit
        dx[tap.into] += masked(grad[tap.out], hit)
    return dx


def max_pool2d_with_index(x: Array, window: Window) -> tuple[Array, Array]:
    """Return the maxima, and for each its place i * kernel_width + j in the window, the first."""
    y = max_pool2d(x, window)
    index = np.zeros(y.shape, index_dtype(window))
    for tap in reversed(list(taps(window))):  # so that the first of several is written last
        place = tap.i * window.kernel[1] + tap.j
        np.copyto(index[tap.out], place, where=_won(x[tap.into], y[tap.out]))
    return y, index


def max_pool2d_index_backward(grad: Array, index: Array, window: Window) -> Array:
    """Send each output's gradient to the cell whose place in the window was kept."""
    dx = np.zeros((grad.shape[0], *window.size, grad.shape[3]), grad.dtype)
    for tap in taps(window):
        place = tap.i * window.kernel[1] + tap.j
        dx[tap.into] += masked(grad[tap.out], index[tap.out] == place)
    return dx


def index_dtype(window: Window) -> DType:
    """Return the smallest type that holds a place in the window."""
    return np.min_scalar_type(window.kernel[0] * window.kernel[1] - 1)


def avg_pool2d(x: Array, window: Window, count_include_pad: bool) -> Array:
    """Divide the sum under each window by its number of cells."""
    y = np.zeros((x.shape[0], *window.out, x.shape[3]), x.dtype)
    for tap in taps(window):
        y[tap.out] += x[tap.into]
    y /= _counts(window, count_include_pad, x)
    return y


def avg_pool2d_backward(grad: Array, window: Window, count_include_pad: bool) -> Array:
    """Give every cell of a window an equal share of its gradient."""
    share = grad / _counts(window, count_include_pad, grad)
    dx = np.zeros((grad.shape[0], *window.size, grad.shape[3]), grad.dtype)
    for tap in taps(window):
        dx[tap.into] += share[tap.out]
    return dx


def _counts(window: Window, count_include_pad: bool, like: Array) -> Array:
    """Cells per window, (OH, OW, 1)."""
    counts = valid_counts(window, include_pad=count_include_pad)
    return counts[:, :, np.newaxis].astype(like.dtype)


def _won(cell: Array, best: Array) -> Array:
    """Tell where a cell is its window's maximum, which a NaN always is."""
    won: Array = (cell == best) | (cell != cell)
    return won
