"""Scaling of the input."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from convstep.errors import Shown, argument_error
from convstep.nn.checks import finite, positive
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
    one_input,
    register_layer,
)
from convstep.nn.random import Key

_NAME = "Normalize"


@register_layer
@dataclass(frozen=True)
class Normalize(Layer):
    """(x - mean) / std, with fixed numbers: the scaling of the input, saved with the network.

    Parameters
    ----------
    mean, std : float or tuple of float
        One number for all channels, or one for each (the last axis); `std` is positive.

    Notes
    -----
    Integers come out as float32.

    Examples
    --------
    >>> from convstep import nn
    >>> nn.Normalize(mean=0, std=255)
    Normalize(mean=0.0, std=255.0)
    """

    label: ClassVar[str] = "normalize"

    mean: float | tuple[float, ...]
    std: float | tuple[float, ...]

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._settle(
            mean=_settled("mean", self.mean, finite), std=_settled("std", self.std, positive)
        )

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes."""
        x = one_input(self, inputs)
        for name, value in (("mean", self.mean), ("std", self.std)):
            if isinstance(value, tuple) and x.shape[-1:] != (len(value),):
                raise argument_error(
                    _NAME,
                    name,
                    "be one number, or one for each channel of its input",
                    Shown(f"{len(value)} numbers for an input of shape {x.shape}"),
                )
        dtype = floating(x.dtype)
        with np.errstate(over="ignore"):
            mean, std = np.array(self.mean, dtype), np.array(self.std, dtype)
        if not np.isfinite(mean).all():
            raise argument_error(_NAME, "mean", f"be finite in {dtype}", self.mean)
        least = np.finfo(dtype).tiny
        if not (np.isfinite(std).all() and (std >= least).all()):
            rule = f"be finite and at least {least} in {dtype}"
            raise argument_error(_NAME, "std", rule, self.std)
        return LayerSpec(ArraySpec(x.shape, dtype), {}, {})

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Scale; nothing to cache."""
        (x,) = inputs
        dtype = floating(x.dtype)
        y = x.astype(dtype) - np.asarray(self.mean, dtype)
        y /= np.asarray(self.std, dtype)
        return y, None, state

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        """Divide the gradient by std."""
        return (grad / np.asarray(self.std, grad.dtype),), {}


def _settled(
    argument: str, value: Any, check: Callable[[str, str, Any], float]
) -> float | tuple[float, ...]:
    """Check one number, or a sequence of numbers."""
    if isinstance(value, tuple | list | np.ndarray):
        return tuple(check(_NAME, f"{argument}[{i}]", v) for i, v in enumerate(value))
    return check(_NAME, argument, value)
