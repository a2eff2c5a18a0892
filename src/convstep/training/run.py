"""A run of the fit loop: what it was asked for, its arrays, and how far it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from convstep.graph import Graph
from convstep.nn.layer import Array
from convstep.nn.losses import Loss
from convstep.nn.optimizers import Optimizer
from convstep.nn.schedules import Schedule
from convstep.training.history import History
from convstep.training.metrics import Metric
from convstep.training.step import TrainingState

Augment = Callable[[Array, np.random.Generator], Array]


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
    history: History = field(default_factory=History)
    examples: int = 0
    """Examples in an epoch."""
    examples_seen: int = 0
    """Examples of all epochs so far."""
    epoch: int = 0
    """The epoch that runs, counted from 1."""
    stop: bool = False
    """Set by a callback that wants no further epoch."""
