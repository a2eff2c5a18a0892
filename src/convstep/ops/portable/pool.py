"""Pooling: one maximum, or one sum, per position of the window.

Only real cells are ever met (see `taps`), so padding can neither win a maximum nor be counted.
"""

from typing import Literal

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.geometry import Window, taps, valid_counts

Ties = Literal["all", "first", "split"]


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
            winners[tap.out] += _same(x[tap.into], y[tap.out])
        grad = grad / winners
    taken = np.zeros(y.shape, bool)
    dx = np.zeros(x.shape, grad.dtype)
    for tap in taps(window):
        hit = _same(x[tap.into], y[tap.out])
        if ties == "first":
            hit &= ~taken[tap.out]
            taken[tap.out] |= hit
        dx[tap.into] += np.where(hit, grad[tap.out], 0)
    return dx


def max_pool2d_with_index(x: Array, window: Window) -> tuple[Array, Array]:
    """Return the maxima, and for each its place i * kernel_width + j in the window, the first."""
    y = np.full((x.shape[0], *window.out, x.shape[3]), -np.inf, x.dtype)
    index = np.zeros(y.shape, index_dtype(window))
    empty = np.ones(y.shape, bool)
    for tap in taps(window):
        cell, best = x[tap.into], y[tap.out]
        better = ~(cell <= best) & (best == best) | empty[tap.out]  # a NaN wins, and stays
        empty[tap.out] = False
        np.copyto(best, cell, where=better)
        np.copyto(index[tap.out], tap.i * window.kernel[1] + tap.j, where=better)
    return y, index


def max_pool2d_index_backward(grad: Array, index: Array, window: Window) -> Array:
    """Send each output's gradient to the cell whose place in the window was kept."""
    dx = np.zeros((grad.shape[0], *window.size, grad.shape[3]), grad.dtype)
    for tap in taps(window):
        place = tap.i * window.kernel[1] + tap.j
        dx[tap.into] += np.where(index[tap.out] == place, grad[tap.out], 0)
    return dx


def index_dtype(window: Window) -> type[np.unsignedinteger]:
    """Return the smallest type that holds a place in the window."""
    places = window.kernel[0] * window.kernel[1]
    return np.uint8 if places <= 256 else np.uint32


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


def _same(a: Array, b: Array) -> Array:
    """Compare cell by cell, where a NaN is the same as a NaN."""
    same: Array = (a == b) | ((a != a) & (b != b))
    return same
