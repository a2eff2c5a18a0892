"""Sums of two arrays, and the steps of optimizers, which change their arrays in place."""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.portable.activation import ACTIVATIONS


def add(a: Array, b: Array, activation: str | None) -> Array:
    """a + b, and the activation of it."""
    y: Array = a + b
    return ACTIVATIONS[activation](y) if activation else y


def accumulate(total: Array, more: Array) -> None:
    """Total += more."""
    total += more


def sgd_update(
    params: Array,
    grads: Array,
    velocity: Array | None,
    learning_rate: float,
    momentum: float,
    nesterov: bool,
    weight_decay: float,
) -> None:
    """Make one step of stochastic gradient descent."""
    if weight_decay:
        grads = grads + weight_decay * params
    if velocity is not None:
        velocity *= momentum
        velocity += grads
        grads = grads + momentum * velocity if nesterov else velocity
    params -= learning_rate * grads


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
    """Make step number `step`, from 1 on, of Adam or, decoupled, AdamW."""
    if decoupled:
        params *= 1 - learning_rate * weight_decay
    elif weight_decay:
        grads = grads + weight_decay * params
    mean *= beta1
    mean += (1 - beta1) * grads
    square *= beta2
    square += (1 - beta2) * np.square(grads)
    scale = np.sqrt(square / (1 - beta2**step))
    scale += epsilon
    params -= (learning_rate / (1 - beta1**step)) * (mean / scale)
