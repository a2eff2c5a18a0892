"""Fully connected layers on the compiled core: convolutions of 1x1 on one row of pixels."""

from convstep.ops.checks import Array
from convstep.ops.compiled.core import core
from convstep.ops.compiled.memory import empty
from convstep.ops.portable.activation import ACTIVATIONS, RECTIFIERS


def dense(x: Array, weight: Array, bias: Array | None, activation: str | None) -> Array:
    """x @ weight + bias."""
    y = empty((len(x), weight.shape[1]), x.dtype)
    fused = activation if activation in RECTIFIERS else ""
    core().dense(x, weight, bias, fused, y)
    return ACTIVATIONS[activation](y) if activation and not fused else y


def dense_input_grad(grad: Array, weight: Array) -> Array:
    """grad @ weight.T"""
    dx = empty((len(grad), len(weight)), grad.dtype)
    core().dense_input_grad(grad, weight, dx)
    return dx


def dense_weight_grad(grad: Array, x: Array) -> Array:
    """x.T @ grad"""
    dweight = empty((x.shape[1], grad.shape[1]), grad.dtype)
    core().dense_weight_grad(grad, x, dweight)
    return dweight


def dense_bias_grad(grad: Array) -> Array:
    """The sum over examples."""
    dbias = empty(grad.shape[1], grad.dtype)
    core().bias_grad(grad, dbias)
    return dbias
