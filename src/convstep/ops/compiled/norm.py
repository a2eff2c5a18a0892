"""Batch normalisation on the compiled core: a pass that sums, and a pass that writes."""

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.compiled.memory import empty
from convstep.ops.portable import norm as portable


def batch_statistics(x: Array) -> tuple[Array, Array]:
    """Mean and variance (over n, not n - 1) of each channel."""
    mean, variance = empty(x.shape[-1], x.dtype), empty(x.shape[-1], x.dtype)
    core().batch_statistics(x, mean, variance)
    return mean, variance


def batch_norm(
    x: Array, weight: Array, bias: Array, mean: Array, variance: Array, eps: float
) -> Array:
    """(x - mean) / sqrt(variance + eps) * weight + bias."""
    y = empty(x.shape, x.dtype)
    core().batch_norm(x, weight, bias, mean, variance, eps, "", y)
    return y


def batch_norm_backward(
    grad: Array, x: Array, weight: Array, mean: Array, variance: Array, eps: float, of_batch: bool
) -> tuple[Array, Array, Array]:
    """Return the gradients of x, weight and bias."""
    if not of_batch:
        return portable.batch_norm_backward(grad, x, weight, mean, variance, eps, of_batch)
    dx = empty(x.shape, x.dtype)
    return dx, *_backward(grad, x, weight, weight, mean, variance, eps, "", dx)  # no bias matters


def batch_norm_train(
    x: Array, weight: Array, bias: Array, eps: float, activation: str | None
) -> tuple[Array, Array, Array]:
    """Normalise by x's own statistics; return them behind the result."""
    mean, variance = batch_statistics(x)
    y = empty(x.shape, x.dtype)
    core().batch_norm(x, weight, bias, mean, variance, eps, activation or "", y)
    return y, mean, variance


def batch_norm_train_backward(
    grad: Array,
    x: Array,
    weight: Array,
    bias: Array,
    mean: Array,
    variance: Array,
    eps: float,
    activation: str | None,
    needs_x: bool,
) -> tuple[Array | None, Array, Array]:
    """Go back through the activation, the normalisation, and the statistics."""
    dx = empty(x.shape, x.dtype) if needs_x else None
    return dx, *_backward(grad, x, weight, bias, mean, variance, eps, activation or "", dx)


def _backward(
    grad: Array,
    x: Array,
    weight: Array,
    bias: Array,
    mean: Array,
    variance: Array,
    eps: float,
    activation: str,
    dx: Array | None,
) -> tuple[Array, Array]:
    dweight, dbias = empty(weight.shape, x.dtype), empty(weight.shape, x.dtype)
    core().batch_norm_backward(
        grad, x, weight, bias, mean, variance, eps, activation, dx, dweight, dbias
    )
    return dweight, dbias
