"""Callbacks: what wants to know how training goes, or to steer it."""

import math
from collections.abc import Mapping

import numpy as np

from convstep.nn.layer import Array, Arrays
from convstep.training.run import Run


class Callback:
    """The base of all callbacks; each method may be left as it is, doing nothing.

    `run` says where training is and holds the arrays; setting ``run.stop = True`` ends it after
    the current epoch.
    """

    def on_start(self, run: Run) -> None:
        """Before the first step."""

    def on_step(self, run: Run, means: Mapping[str, float]) -> None:
        """After each step, with the means of the epoch so far."""

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """After each epoch, with the numbers that went into the history."""

    def on_end(self, run: Run) -> None:
        """At the end, however it came: also after an error or Ctrl-C."""


class KeepBest(Callback):
    """At the end, put back the parameters of the epoch that was best on validation.

    Best is the highest accuracy; among equals, the lowest loss; among equals, the first. The
    history names the best epoch so far.
    """

    def __init__(self) -> None:
        self._best: tuple[Array, Arrays] | None = None
        self._score = (-math.inf, -math.inf)

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Keep a copy if it is the best so far."""
        score = (values["validation_accuracy"], -values["validation_loss"])
        if score > self._score:
            weights = run.arrays.weights
            # One assignment, so that Ctrl-C finds the old pair or the new one.
            self._best = weights.params.flat.copy(), weights.state
            self._score, run.history.best_epoch = score, run.epoch

    def on_end(self, run: Run) -> None:
        """Put the best back."""
        if self._best is not None:
            flat, run.arrays.weights.state = self._best
            np.copyto(run.arrays.weights.params.flat, flat)
