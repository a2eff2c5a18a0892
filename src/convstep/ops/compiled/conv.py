"""Convolution and its gradients on the compiled core.

The kernels read zeros in the padding. Where an infinity or a NaN could meet them, 0 * infinity
would make a NaN of what should add nothing; the kernels then return False, and the portable body,
which skips the padding, computes instead.
"""

from numpy import empty

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.geometry import Window
from convstep.ops.portable import conv as portable
from convstep.ops.portable.activation import ACTIVATIONS

FUSED = ("relu", "leaky_relu")  # what the kernels apply to a result before they store it


def conv2d(
    x: Array, weight: Array, bias: Array | None, window: Window, groups: int, activation: str | None
) -> Array:
    """Gather each output pixel from the input under the window."""
    height, width = window.out
    y = empty((len(x), height, width, weight.shape[3]), x.dtype)
    fused = activation if activation in FUSED else ""
    if not core().conv2d(x, weight, bias, fused, y, window, groups):
        return portable.conv2d(x, weight, bias, window, groups, activation)
    return ACTIVATIONS[activation](y) if activation and not fused else y


def conv2d_input_grad(grad: Array, weight: Array, window: Window, groups: int) -> Array:
    """Gather each input pixel's gradient from the outputs that it reached."""
    height, width = window.size
    dx = empty((len(grad), height, width, weight.shape[2] * groups), grad.dtype)
    if not core().conv2d_input_grad(grad, weight, dx, window, groups):
        return portable.conv2d_input_grad(grad, weight, window, groups)
    return dx


def conv2d_weight_grad(grad: Array, x: Array, window: Window, groups: int) -> Array:
    """Sum input times gradient over pixels, a panel of them at a time."""
    height, width = window.kernel
    dweight = empty((height, width, x.shape[3] // groups, grad.shape[3]), grad.dtype)
    if not core().conv2d_weight_grad(grad, x, dweight, window, groups):
        return portable.conv2d_weight_grad(grad, x, window, groups)
    return dweight


def conv2d_bias_grad(grad: Array) -> Array:
    """Sum the gradient over examples and positions."""
    dbias = empty(grad.shape[3], grad.dtype)
    core().bias_grad(grad, dbias)
    return dbias
