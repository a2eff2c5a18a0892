"""Rectifiers, sums of two arrays, and optimizers' steps on the compiled core."""

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.compiled.memory import empty
from convstep.ops.portable import activation
from convstep.ops.portable import elementwise as portable
from convstep.ops.portable.activation import LEAK

_SUMS = {None: "add", "relu": "add_relu", "relu6": "add_relu6", "leaky_relu": "add_leaky_relu"}


def relu(x: Array) -> Array:
    """max(x, 0)."""
    y = empty(x.shape, x.dtype)
    core().relu(x, y)
    return y


def relu_backward(grad: Array, y: Array) -> Array:
    """The gradient where y > 0."""
    dx = empty(grad.shape, grad.dtype)
    core().relu_backward(grad, y, dx)
    return dx


def relu6(x: Array) -> Array:
    """min(max(x, 0), 6)."""
    y = empty(x.shape, x.dtype)
    core().relu6(x, y)
    return y


def relu6_backward(grad: Array, y: Array) -> Array:
    """The gradient where 0 < y < 6."""
    dx = empty(grad.shape, grad.dtype)
    core().relu6_backward(grad, y, dx)
    return dx


def leaky_relu(x: Array, slope: float = LEAK) -> Array:
    """x where x > 0, else slope * x; the core knows one slope."""
    if slope != LEAK:
        return activation.leaky_relu(x, slope)
    y = empty(x.shape, x.dtype)
    core().leaky_relu(x, y)
    return y


def leaky_relu_backward(grad: Array, y: Array, slope: float = LEAK) -> Array:
    """The gradient, times the slope where y <= 0; the core knows one slope."""
    if slope != LEAK:
        return activation.leaky_relu_backward(grad, y, slope)
    dx = empty(grad.shape, grad.dtype)
    core().leaky_relu_backward(grad, y, dx)
    return dx


def add(a: Array, b: Array, activation: str | None) -> Array:
    """a + b, and the activation of it."""
    if activation not in _SUMS:
        return portable.add(a, b, activation)
    y = empty(a.shape, a.dtype)
    getattr(core(), _SUMS[activation])(a, b, y)
    return y


def accumulate(total: Array, more: Array) -> None:
    """Total += more."""
    if total.flags.c_contiguous:
        core().add(total, more, total)
    else:
        portable.accumulate(total, more)


def sgd_update(
    params: Array,
    grads: Array,
    velocity: Array | None,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> None:
    """Make one step of stochastic gradient descent, in one pass."""
    core().sgd_update(params, grads, velocity, learning_rate, momentum, nesterov, weight_decay)


def adam_update(
    params: Array,
    grads: Array,
    mean: Array,
    square: Array,
    step: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
    decoupled: bool,
) -> None:
    """Make one step of Adam or AdamW, in one pass."""
    rate = learning_rate / (1 - beta1**step)
    keep = 1 - learning_rate * weight_decay if decoupled else 1.0
    added = 0.0 if decoupled else weight_decay
    correction = 1 - beta2**step
    core().adam_update(
        params, grads, mean, square, rate, beta1, beta2, correction, epsilon, added, keep
    )
