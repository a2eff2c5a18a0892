"""Batch normalisation over all axes but the last."""

from math import prod

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.portable.activation import ACTIVATION_BACKWARDS, ACTIVATIONS


def batch_norm(
    x: Array, weight: Array, bias: Array, mean: Array, variance: Array, eps: float
) -> Array:
    """(x - mean) / sqrt(variance + eps) * weight + bias, as one multiplication and one sum."""
    scale = weight / np.sqrt(variance + x.dtype.type(eps))
    y: Array = (x - mean) * scale + bias
    return y


def batch_statistics(x: Array) -> tuple[Array, Array]:
    """Mean and variance (over n, not n - 1) of each channel."""
    rows = _rows(x)
    mean = _summed(rows) / x.dtype.type(len(rows))
    return mean, _summed(np.square(rows - mean)) / x.dtype.type(len(rows))


def batch_norm_backward(
    grad: Array, x: Array, weight: Array, mean: Array, variance: Array, eps: float, of_batch: bool
) -> tuple[Array, Array, Array]:
    """Return the gradients of x, weight and bias.

    With `of_batch`, mean and variance are x's own and x's gradient passes through them too.
    """
    rows, grads = _rows(x), _rows(grad)
    inverse = 1 / np.sqrt(variance + x.dtype.type(eps))
    normal = (rows - mean) * inverse
    dbias = _summed(grads)
    dweight = _summed(grads * normal)
    if of_batch:
        grads = grads - (dbias + normal * dweight) / len(rows)
    return (grads * (weight * inverse)).reshape(x.shape), dweight, dbias


def batch_norm_train(
    x: Array, weight: Array, bias: Array, eps: float, activation: str | None
) -> tuple[Array, Array, Array]:
    """Normalise by x's own statistics; return them behind the result."""
    mean, variance = batch_statistics(x)
    y = batch_norm(x, weight, bias, mean, variance, eps)
    return (ACTIVATIONS[activation](y) if activation else y), mean, variance


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
    if activation:
        # a rectifier passes as much of its input as of its output
        z = batch_norm(x, weight, bias, mean, variance, eps)
        grad = ACTIVATION_BACKWARDS[activation](grad, z)
    dx, dweight, dbias = batch_norm_backward(grad, x, weight, mean, variance, eps, True)
    return (dx if needs_x else None), dweight, dbias


def _summed(rows: Array) -> Array:
    """Sum each channel, in float64: float32, row upon row, would lose a digit per thousand."""
    total: Array = rows.sum(axis=0, dtype=np.float64)
    return total.astype(rows.dtype)


def _rows(x: Array) -> Array:
    """Lay x out as (rows, channels)."""
    return x.reshape(prod(x.shape[:-1]), x.shape[-1])
