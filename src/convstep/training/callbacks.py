"""Callbacks: what wants to know how training goes, or to steer it."""

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

    Best is the highest accuracy; among equals, the lowest loss; among equals, the first.
    """

    def __init__(self) -> None:
        self._best: tuple[tuple[float, float], int, Array, Arrays] | None = None

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Keep a copy if it is the best so far."""
        score = (values["validation_accuracy"], -values["validation_loss"])
        if self._best is None or score > self._best[0]:
            # One assignment, so that Ctrl-C finds the old copy or the new one.
            arrays = run.arrays
            self._best = (score, run.epoch, arrays.params.flat.copy(), arrays.state)

    def on_end(self, run: Run) -> None:
        """Put the best back."""
        if self._best is not None:
            _, run.history.best_epoch, flat, run.arrays.state = self._best
            np.copyto(run.arrays.params.flat, flat)
