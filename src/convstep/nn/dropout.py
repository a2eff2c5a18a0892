"""Dropout."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from convstep.errors import argument_error
from convstep.nn.checks import fraction
from convstep.nn.layer import (
    Array,
    Arrays,
    ArraySpec,
    Backward,
    Forward,
    Inputs,
    Layer,
    LayerSpec,
    Needs,
    floating,
    floating_input,
    one_input,
    register_layer,
)
from convstep.nn.random import Key


@register_layer
@dataclass(frozen=True)
class Dropout(Layer):
    """While training, set numbers to zero at random; the others grow, so that the mean stays.

    Parameters
    ----------
    drop_probability : float
        The chance of each number to become zero, from 0 up to, not including, 1.

    Notes
    -----
    What stays is divided by ``1 - drop_probability``, so inference has nothing to do. The cache
    is one byte per number. Srivastava et al. (2014), *Dropout: a simple way to prevent neural
    networks from overfitting*.

    Examples
    --------
    >>> from convstep import nn
    >>> nn.Dropout(0.5)
    Dropout(drop_probability=0.5)
    """

    label: ClassVar[str] = "dropout"

    drop_probability: float

    def __post_init__(self) -> None:
        """Check the argument."""
        probability = fraction("Dropout", "drop_probability", self.drop_probability)
        self._settle(drop_probability=probability)

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes: integers become floating."""
        x = one_input(self, inputs)
        return LayerSpec(ArraySpec(x.shape, floating(x.dtype)), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Drop while training; cache what stayed, or None if nothing was dropped."""
        x = floating_input(inputs)
        if not training:
            return x, None, state
        if rng is None:
            raise argument_error("Dropout", "rng", "be a Key while training", rng)
        kept = rng.generator().random(x.shape, np.float32) >= self.drop_probability
        return self._scaled(x, kept), kept, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Pass the gradient where the input was kept."""
        return (grad if cache is None else self._scaled(grad, cache),), {}

    def _scaled(self, x: Array, kept: Array) -> Array:
        y = x * kept
        y /= 1 - self.drop_probability
        return y
