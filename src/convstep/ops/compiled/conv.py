"""Convolution and its gradients on the compiled core."""

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.compiled.memory import empty
from convstep.ops.geometry import Window
from convstep.ops.portable.activation import ACTIVATIONS, RECTIFIERS


def conv2d(
    x: Array, weight: Array, bias: Array | None, window: Window, groups: int, activation: str | None
) -> Array:
    """Gather each output pixel from the input under the window."""
    height, width = window.out
    y = empty((len(x), height, width, weight.shape[3]), x.dtype)
    fused = activation if activation in RECTIFIERS else ""
    core().conv2d(x, weight, bias, fused, y, window, groups)
    return ACTIVATIONS[activation](y) if activation and not fused else y


def conv2d_input_grad(grad: Array, weight: Array, window: Window, groups: int) -> Array:
    """Gather each input pixel's gradient from the outputs that it reached."""
    height, width = window.size
    dx = empty((len(grad), height, width, weight.shape[2] * groups), grad.dtype)
    core().conv2d_input_grad(grad, weight, dx, window, groups)
    return dx


def conv2d_weight_grad(grad: Array, x: Array, window: Window, groups: int) -> Array:
    """Sum input times gradient over pixels."""
    height, width = window.kernel
    dweight = empty((height, width, x.shape[3] // groups, grad.shape[3]), grad.dtype)
    core().conv2d_weight_grad(grad, x, dweight, window, groups)
    return dweight


def conv2d_bias_grad(grad: Array) -> Array:
    """Sum the gradient over examples and positions."""
    dbias = empty(grad.shape[3], grad.dtype)
    core().bias_grad(grad, dbias)
    return dbias
