"""Convolution and its gradients on the compiled core.

The kernels read zeros in the padding. Where an infinity or a NaN could meet them, 0 * infinity
would make a NaN of what should add nothing; the kernels then return False, and the portable body,
which skips the padding, computes instead.
"""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core, dense
from convstep.ops.geometry import Pair, Window
from convstep.ops.portable import conv as portable
from convstep.ops.portable.activation import ACTIVATIONS

_FUSED = ("relu", "leaky_relu")  # what the kernels apply to a result before they store it


def conv2d(
    x: Array, weight: Array, bias: Array | None, window: Window, groups: int, activation: str | None
) -> Array:
    """Gather each output pixel from the input under the window."""
    y = np.empty((x.shape[0], *window.out, weight.shape[3]), x.dtype)
    bias = None if bias is None else dense(bias)
    fused = activation if activation in _FUSED else ""
    if not core().conv2d(dense(x), dense(weight), bias, fused, y, *_geometry(window), groups):
        return portable.conv2d(x, weight, bias, window, groups, activation)
    return ACTIVATIONS[activation](y) if activation and not fused else y


def conv2d_input_grad(grad: Array, weight: Array, window: Window, groups: int) -> Array:
    """Gather each input pixel's gradient from the outputs that it reached."""
    dx = np.empty((grad.shape[0], *window.size, weight.shape[2] * groups), grad.dtype)
    if not core().conv2d_input_grad(dense(grad), dense(weight), dx, *_geometry(window), groups):
        return portable.conv2d_input_grad(grad, weight, window, groups)
    return dx


def conv2d_weight_grad(grad: Array, x: Array, window: Window, groups: int) -> Array:
    """Sum input times gradient over pixels, a panel of them at a time."""
    dweight = np.empty((*window.kernel, x.shape[3] // groups, grad.shape[3]), grad.dtype)
    if not core().conv2d_weight_grad(dense(grad), dense(x), dweight, *_geometry(window), groups):
        return portable.conv2d_weight_grad(grad, x, window, groups)
    return dweight


def conv2d_bias_grad(grad: Array) -> Array:
    """Sum the gradient over examples and positions."""
    dbias = np.empty(grad.shape[3], grad.dtype)
    core().conv2d_bias_grad(dense(grad), dbias)
    return dbias


def _geometry(window: Window) -> tuple[Pair, Pair, Pair]:
    """Return stride, (top, left) padding and dilation.

    A step beyond the padded input is as good as any longer one; cut short, it stays far from
    overflow in the kernels.
    """
    (top, bottom), (left, right) = window.padding
    most = (window.size[0] + top + bottom + 1, window.size[1] + left + right + 1)
    stride = (min(window.stride[0], most[0]), min(window.stride[1], most[1]))
    dilation = (min(window.dilation[0], most[0]), min(window.dilation[1], most[1]))
    return stride, (top, left), dilation
