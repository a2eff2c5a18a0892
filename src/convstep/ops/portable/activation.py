"""Element-wise activations. Their backward needs the activation's *output* alone."""

from collections.abc import Callable

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.portable.masked import masked

LEAK = 0.01


def relu(x: Array) -> Array:
    """max(x, 0)."""
    return np.maximum(x, 0)


def relu_backward(grad: Array, y: Array) -> Array:
    """The gradient where y > 0."""
    return masked(grad, y > 0)


def relu6(x: Array) -> Array:
    """min(max(x, 0), 6)."""
    return np.minimum(np.maximum(x, 0), 6)


def relu6_backward(grad: Array, y: Array) -> Array:
    """The gradient where 0 < y < 6."""
    return masked(grad, (y > 0) & (y < 6))


def leaky_relu(x: Array, slope: float = LEAK) -> Array:
    """x where x > 0, else slope * x."""
    return np.where(x > 0, x, x * x.dtype.type(slope))


def leaky_relu_backward(grad: Array, y: Array, slope: float = LEAK) -> Array:
    """The gradient, times the slope where y <= 0."""
    return np.where(y > 0, grad, grad * grad.dtype.type(slope))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)), from exp(-|x|), which cannot overflow."""
    e = np.exp(-np.abs(x))
    y: Array = np.where(x >= 0, 1, e) / (1 + e)
    return y


def sigmoid_backward(grad: Array, y: Array) -> Array:
    """grad * y * (1 - y)."""
    dx: Array = grad * y * (1 - y)
    return dx


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(x)


def tanh_backward(grad: Array, y: Array) -> Array:
    """grad * (1 - y * y)."""
    dx: Array = grad * (1 - y * y)
    return dx


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": relu,
    "relu6": relu6,
    "leaky_relu": leaky_relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}
ACTIVATION_BACKWARDS: dict[str, Callable[[Array, Array], Array]] = {
    "relu": relu_backward,
    "relu6": relu6_backward,
    "leaky_relu": leaky_relu_backward,
    "sigmoid": sigmoid_backward,
    "tanh": tanh_backward,
}
RECTIFIERS = ("relu", "relu6", "leaky_relu")  # those that the compiled core fuses


def softmax(x: Array, axis: int) -> Array:
    """exp(x) / sum(exp(x)), from x - max(x), which cannot overflow."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    y: Array = e / e.sum(axis=axis, keepdims=True)
    return y


def softmax_backward(grad: Array, y: Array, axis: int) -> Array:
    """y * (grad - sum(grad * y))."""
    dx: Array = y * (grad - (grad * y).sum(axis=axis, keepdims=True))
    return dx


def log_softmax(x: Array, axis: int) -> Array:
    """x - log(sum(exp(x))), from x - max(x), which cannot overflow."""
    shifted = x - x.max(axis=axis, keepdims=True)
    y: Array = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return y


def log_softmax_backward(grad: Array, y: Array, axis: int) -> Array:
    """grad - exp(y) * sum(grad)."""
    dx: Array = grad - np.exp(y) * grad.sum(axis=axis, keepdims=True)
    return dx
