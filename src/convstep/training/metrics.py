"""Metrics: numbers that people read, for a batch and on the average over batches."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from convstep.nn.layer import Array
from convstep.nn.losses import Loss
from convstep.training.step import BatchResult

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


def metrics_of(loss: Loss, own: Mapping[str, Metric]) -> dict[str, Metric]:
    """Return what to measure beside a loss: the accuracy if it classifies, and the user's own."""

    def right(output: Array, target: Array) -> float:
        return float(np.mean(loss.decide(output) == target))

    classifies = type(loss).decide is not Loss.decide
    return {**({"accuracy": right} if classifies else {}), **own}


class Measured(NamedTuple):
    """The numbers of one batch, each with what it counts for in a mean."""

    values: dict[str, float]
    weights: dict[str, float]


def measured(result: BatchResult, target: Array, metrics: Mapping[str, Metric]) -> Measured:
    """Measure a batch: its loss, which counts by its weight, and the metrics, by examples."""
    values = {name: float(metric(result.output, target)) for name, metric in metrics.items()}
    weights = dict.fromkeys(values, float(len(target)))
    return Measured({"loss": result.loss, **values}, {"loss": result.weight, **weights})


class RunningMeans:
    """Means over everything added so far."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.weights: dict[str, float] = {}

    def add(self, batch: Measured) -> None:
        """Add the numbers of a batch."""
        for name, value in batch.values.items():
            weight = batch.weights[name]
            self.sums[name] = self.sums.get(name, 0.0) + value * weight
            self.weights[name] = self.weights.get(name, 0.0) + weight

    def means(self) -> dict[str, float]:
        """Return the means."""
        return {name: total / self.weights[name] for name, total in self.sums.items()}
