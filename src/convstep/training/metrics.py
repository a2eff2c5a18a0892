"""Metrics: numbers that people read, for a batch and on the average over batches."""

from collections.abc import Callable, Mapping

import numpy as np

from convstep.nn.layer import Array

Metric = Callable[[Array, Array], float]
"""``metric(output, target) -> float``, a mean over the batch."""


def accuracy(output: Array, target: Array) -> float:
    """Return the share of examples whose highest score is the right class.

    Examples
    --------
    >>> accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    return float(np.mean(output.argmax(axis=-1) == target))


class RunningMeans:
    """Means over everything added so far, each batch weighted by its number of examples."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0

    def add(self, values: Mapping[str, float], count: int) -> None:
        """Add the means of a batch of `count` examples."""
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * count
        self._count += count

    def means(self) -> dict[str, float]:
        """Return the means."""
        return {name: total / self._count for name, total in self._sums.items()}
