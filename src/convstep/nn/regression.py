"""Losses of regression: how far numbers are from those that are wanted."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from convstep.nn.checks import positive
from convstep.nn.layer import Array, ArraySpec
from convstep.nn.losses import Loss, same_count, shaped_target, spread, weighted_mean
from convstep.ops.checks import array


class _Distance(Loss):
    """A mean over functions of ``output - target``, number by number."""

    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Check finite numbers in the shape of the outputs."""
        return shaped_target(function, argument, target, output)

    def forward(
        self, output: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss and its gradient."""
        name = type(self).__name__
        output = array(name, "output", output, None)
        target = self.check(name, "target", target, ArraySpec(output.shape[1:], output.dtype))
        same_count(name, output, target)
        losses, slopes = self._measure(output - target.astype(output.dtype, copy=False))
        weights = None if weight is None else spread(name, weight, output)
        return weighted_mean(name, losses, slopes, weights)

    @abstractmethod
    def _measure(self, distance: Array) -> tuple[Array, Array]:
        """Return the loss of each distance, and its derivative."""


@dataclass(frozen=True)
class MSE(_Distance):
    """The mean of squared errors.

    Targets have the shape of the outputs; for a single output, (N,) will do.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> loss, grad = nn.MSE().forward(np.array([[1.0], [4.0]]), np.array([1.0, 2.0]))
    >>> loss, grad.tolist()
    (2.0, [[0.0], [2.0]])
    """

    def _measure(self, distance: Array) -> tuple[Array, Array]:
        return distance * distance, 2 * distance


@dataclass(frozen=True)
class Huber(_Distance):
    """Half the squared error up to `delta`, and from there on a straight line.

    Targets have the shape of the outputs; for a single output, (N,) will do.

    Parameters
    ----------
    delta : float
        Where the line begins; its slope is `delta` too.

    Notes
    -----
    Huber (1964), *Robust estimation of a location parameter*: single bad targets pull less.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> loss, grad = nn.Huber().forward(np.array([[1.0], [6.0]]), np.array([1.0, 2.0]))
    >>> loss, grad.tolist()
    (1.75, [[0.0], [0.5]])
    """

    delta: float = 1.0

    def __post_init__(self) -> None:
        """Check the argument."""
        object.__setattr__(self, "delta", positive("Huber", "delta", self.delta))

    def _measure(self, distance: Array) -> tuple[Array, Array]:
        slope = np.clip(distance, -self.delta, self.delta)
        # Within delta the slope is the distance: distance**2 / 2, as it should be.
        return slope * (distance - slope / 2), slope
