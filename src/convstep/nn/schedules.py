"""Schedules: what the learning rate is multiplied by, from step to step of a run."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from convstep.errors import argument_error
from convstep.nn.checks import fraction, items, positive


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
        return _half_cosine(1, self.final, position)


@dataclass(frozen=True)
class StepSchedule(Schedule):
    """The learning rate falls in steps.

    Parameters
    ----------
    milestones : sequence of float
        Where it falls, in rising order: shares, below 1, of the steps after the warm-up.
    gamma : float
        What each fall multiplies it by.
    warmup : float
        The share of the run's steps in which the factor first grows from near 0 to 1.

    Examples
    --------
    >>> from convstep import nn
    >>> schedule = nn.StepSchedule((0.5, 0.75), gamma=0.1)
    >>> [round(schedule.factor(step, 4), 3) for step in range(4)]
    [1.0, 1.0, 0.1, 0.01]
    """

    milestones: Sequence[float] = (0.5, 0.75)
    gamma: float = 0.1

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        given = items("StepSchedule", "milestones", self.milestones, "be numbers in rising order")
        plain = tuple(fraction("StepSchedule", "each of milestones", each) for each in given)
        if list(plain) != sorted(plain):
            raise argument_error("StepSchedule", "milestones", "rise", plain)
        object.__setattr__(self, "milestones", plain)
        positive("StepSchedule", "gamma", self.gamma)

    def curve(self, position: float) -> float:
        """Fall at each milestone that is passed."""
        return self.gamma ** sum(position >= milestone for milestone in self.milestones)


@dataclass(frozen=True)
class OneCycleSchedule(Schedule):
    """The learning rate rises and falls again, each along half a cosine.

    Parameters
    ----------
    warmup : float
        The share of the run's steps in which it rises, to the optimizer's own.
    initial, final : float
        Where it starts and where it ends, as shares of the highest.

    Notes
    -----
    Smith, Topin (2018), *Super-convergence: very fast training of neural networks using large
    learning rates*; the momentum is not cycled. The defaults are those of PyTorch's
    `OneCycleLR`.

    Examples
    --------
    >>> from convstep import nn
    >>> schedule = nn.OneCycleSchedule()
    >>> [round(schedule.factor(step, 11), 3) for step in (0, 2, 6, 10)]
    [0.04, 0.96, 0.531, 0.0]
    """

    _: KW_ONLY
    warmup: float = 0.3
    initial: float = 0.04
    final: float = 4e-6

    def __post_init__(self) -> None:
        """Check the arguments."""
        super().__post_init__()
        fraction("OneCycleSchedule", "initial", self.initial)
        fraction("OneCycleSchedule", "final", self.final)

    def factor(self, step: int, steps: int) -> float:
        """Return the factor for a step: the rise is a cosine here too."""
        top = max(self.warmup * steps - 1, 0)
        if step < top:
            return _half_cosine(self.initial, 1, step / top)
        return self.curve((step - top) / max(steps - 1 - top, 1))

    def curve(self, position: float) -> float:
        """Fall from 1 to `final`."""
        return _half_cosine(1, self.final, position)


def _half_cosine(start: float, end: float, position: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2
