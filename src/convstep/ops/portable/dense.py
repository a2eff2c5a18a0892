"""A fully connected layer's arithmetic: matrix products."""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.portable.activation import ACTIVATIONS


def dense(x: Array, weight: Array, bias: Array | None, activation: str | None) -> Array:
    """x @ weight + bias."""
    y: Array = x @ weight
    if bias is not None:
        y += bias
    return ACTIVATIONS[activation](y) if activation else y


def dense_input_grad(grad: Array, weight: Array) -> Array:
    """grad @ weight.T"""
    dx: Array = grad @ weight.T
    return dx


def dense_weight_grad(grad: Array, x: Array) -> Array:
    """x.T @ grad"""
    dweight: Array = x.T @ grad
    return dweight


def dense_bias_grad(grad: Array) -> Array:
    """The sum over examples."""
    return np.ones(len(grad), grad.dtype) @ grad
