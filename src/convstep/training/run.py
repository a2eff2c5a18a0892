"""A run of the fit loop: what it was asked for, its arrays, and how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from convstep.graph import Graph
from convstep.nn.layer import Array
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer
from convstep.nn.schedules import Schedule
from convstep.training.history import History
from convstep.training.metrics import Metric, RunningMeans
from convstep.training.step import TrainingState

Augment = Callable[[Array, np.random.Generator], Array]


@dataclass
class Within:
    """How far an epoch is that is not over yet."""

    first: int
    """The step of the model, counted over all its runs, that the epoch began with."""
    steps: int = 0
    """Steps made in this epoch."""
    learning_rate: float = 0.0
    """Of the last step."""
    seconds: float = 0.0
    """Time spent on it by runs that were cut short."""
    means: RunningMeans = field(default_factory=RunningMeans)
    """Of the loss and the metrics over the batches so far."""


@dataclass
class Run:
    """One run of the fit loop: what it was asked for, its arrays, and how far it is."""

    graph: Graph
    arrays: TrainingState
    loss: Loss
    metrics: Mapping[str, Metric]
    optimizer: Optimizer
    schedule: Schedule
    epochs: int
    batch_size: int
    seed: int
    augment: Augment | None = None
    clip_norm: float | None = None
    accumulate: int = 1
    workers: int = 0
    history: History = field(default_factory=History)
    examples: int | None = None
    """Examples in an epoch; None if nobody knows."""
    steps_per_epoch: int | None = None
    """Steps in an epoch; None if nobody knows."""
    examples_seen: int = 0
    """Examples of all epochs so far."""
    epoch: int = 0
    """The epoch that runs, counted from 1."""
    within: Within | None = None
    """How far that is; None between epochs."""
    stop: bool = False
    """Set by a callback that wants no further epoch."""
    whole: bool = True
    """Whether all of this belongs together: it does but for the moments of an update."""

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Mark a moment in which parts of the run have moved on, and others not yet."""
        self.whole = False
        yield
        self.whole = True
