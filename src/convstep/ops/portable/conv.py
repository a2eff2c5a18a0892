"""Convolution: one matrix product per position of the window.

In all of them ``x[tap.into]`` are the input cells that position (i, j) of the window meets, one
for each output cell of ``y[tap.out]``. Padding is never materialised: a position that lies in
it adds nothing.
"""

from math import prod

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.geometry import Window, taps
from convstep.ops.portable.activation import ACTIVATIONS


def conv2d(
    x: Array, weight: Array, bias: Array | None, window: Window, groups: int, activation: str | None
) -> Array:
    """Add x[cells under (i, j)] @ weight[i, j] over all (i, j)."""
    y = np.zeros((x.shape[0], *window.out, weight.shape[3]), x.dtype)
    if bias is not None:
        y += bias
    for tap in taps(window):
        y[tap.out] += _through(x[tap.into], weight[tap.i, tap.j], groups)
    return ACTIVATIONS[activation](y) if activation else y


def conv2d_input_grad(grad: Array, weight: Array, window: Window, groups: int) -> Array:
    """Send each output's gradient back to the cells that it was made from."""
    dx = np.zeros((grad.shape[0], *window.size, weight.shape[2] * groups), grad.dtype)
    for tap in taps(window):
        dx[tap.into] += _through(grad[tap.out], _turned(weight[tap.i, tap.j], groups), groups)
    return dx


def conv2d_weight_grad(grad: Array, x: Array, window: Window, groups: int) -> Array:
    """Collect input times gradient over all windows and examples."""
    channels = (x.shape[3] // groups, grad.shape[3])
    dweight = np.zeros((*window.kernel, *channels), grad.dtype)
    for tap in taps(window):
        a = _by_group(x[tap.into], groups)  # (groups, pixels, in)
        b = _by_group(grad[tap.out], groups)  # (groups, pixels, out)
        product = a.swapaxes(1, 2) @ b  # (groups, in, out)
        dweight[tap.i, tap.j] = product.swapaxes(0, 1).reshape(channels)
    return dweight


def conv2d_bias_grad(grad: Array) -> Array:
    """Sum the gradient over examples and positions."""
    rows = grad.reshape(prod(grad.shape[:3]), grad.shape[3])
    return np.ones(len(rows), grad.dtype) @ rows


def _through(x: Array, w: Array, groups: int) -> Array:
    """Send pixels (N, H, W, in) through a matrix (in / groups, out), group by group."""
    if groups == 1:
        return x @ w
    inputs, outputs = w.shape
    each = x.reshape(*x.shape[:3], groups, inputs)
    matrices = w.reshape(inputs, groups, outputs // groups).swapaxes(0, 1)  # (groups, in, out)
    if inputs == 1:  # depthwise: the product with a 1 x n matrix is a product of numbers
        return (each * matrices[:, 0]).reshape(*x.shape[:3], outputs)
    y = (each.swapaxes(2, 3) @ matrices).swapaxes(2, 3)  # (N, H, W, groups, out)
    return y.reshape(*x.shape[:3], outputs)


def _turned(w: Array, groups: int) -> Array:
    """Transpose a matrix (in / groups, out) group by group: (out / groups, in)."""
    inputs, outputs = w.shape
    turned = w.reshape(inputs, groups, outputs // groups).transpose(2, 1, 0)
    return turned.reshape(outputs // groups, groups * inputs)


def _by_group(x: Array, groups: int) -> Array:
    """Lay pixels (N, H, W, C) out as (groups, pixels, C / groups)."""
    pixels = x.reshape(prod(x.shape[:3]), groups, x.shape[3] // groups)
    return np.ascontiguousarray(pixels.swapaxes(0, 1))
