"""Schedules: what the learning rate is multiplied by, from step to step of a run."""

import math
from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass

from convstep.nn.checks import fraction


@dataclass(frozen=True)
class Schedule(ABC):
    """The base of all schedules.

    Parameters
    ----------
    warmup : float
        The share of the run's steps in which the factor grows from near 0 to 1, evenly.
    """

    _: KW_ONLY
    warmup: float = 0.0

    def __post_init__(self) -> None:
        """Check the arguments."""
        fraction(type(self).__name__, "warmup", self.warmup)

    def factor(self, step: int, steps: int) -> float:
        """Return the factor for a step, counted from 0, of a run of `steps`."""
        warm = round(self.warmup * steps)
        if step < warm:
            return (step + 1) / (warm + 1)
        return self.curve((step - warm) / (steps - warm))

    @abstractmethod
    def curve(self, position: float) -> float:
        """Return the factor after the warm-up, at a position from 0 up to 1."""


@dataclass(frozen=True)
class ConstantSchedule(Schedule):
    """The learning rate stays.

    Examples
    --------
    >>> from convstep import nn
    >>> nn.ConstantSchedule(warmup=0.5).factor(0, 4)
    0.3333333333333333
    """

    def curve(self, position: float) -> float:
        """Stay at 1."""
        return 1.0


@dataclass(frozen=True)
class CosineSchedule(Schedule):
    """The learning rate falls along half a cosine.

    Parameters
    ----------
    warmup : float
        The share of the run's steps in which the factor first grows from near 0 to 1.
    final : float
        Where it ends, as a share of where it began.

    Notes
    -----
    Loshchilov, Hutter (2017), *SGDR: stochastic gradient descent with warm restarts*, without
    the restarts.

    Examples
    --------
    >>> from convstep import nn
    >>> schedule = nn.CosineSchedule()
    >>> schedule.factor(0, 100), round(schedule.factor(50, 100), 6)
    (1.0, 0.5)
    """

    _: KW_ONLY
    final: float = 0.0

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        fraction("CosineSchedule", "final", self.final)

    def curve(self, position: float) -> float:
        """Fall from 1 to `final`."""
        return self.final + (1 - self.final) * (1 + math.cos(math.pi * position)) / 2
