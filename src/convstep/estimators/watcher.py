"""What follows the training of an estimator, and decides when it ends."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convstep.nn.layer import Array, Arrays
from convstep.nn.optimizers import OptimizerState
from convstep.training import Callback
from convstep.training.run import Run


class Watcher(Callback):
    """Keeps the curves of an estimator, and ends its training by the rule of `MLPClassifier`.

    Parameters
    ----------
    estimator : _ConvNet
        Its attributes are set epoch by epoch.
    memory : tuple of OptimizerState, optional
        What the optimizer remembers from the last run.
    score : callable, optional
        Scores the model on what was held back; the parameters of the best epoch are put back at
        the end. Without it, the loss of the training decides.

    Attributes
    ----------
    memory : tuple of OptimizerState
        What the optimizer remembers at the end.
    settled : bool
        Whether training ended because nothing got better.
    """

    def __init__(
        self,
        estimator: Any,
        memory: tuple[OptimizerState, ...] | None = None,
        score: Callable[[], float] | None = None,
    ) -> None:
        self.memory = memory
        self.settled = False
        self._estimator = estimator
        self._score = score
        self._best = -math.inf
        self._kept: tuple[Array, Arrays] | None = None
        self._waited = 0

    def on_start(self, run: Run) -> None:
        """Let the optimizer remember."""
        if self.memory is not None:
            run.arrays.optimizer = self.memory

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Write the curves on, and see whether it got better."""
        own = self._estimator
        own.n_iter_ += 1
        own.t_ += run.examples
        own.loss_ = float(values["loss"])
        own.loss_curve_.append(own.loss_)
        own.best_loss_ = None if self._score else min(own.loss_curve_)
        self._say(f"Iteration {own.n_iter_}, loss = {own.loss_:.8f}")
        value = -own.loss_ if self._score is None else self._held(run, self._score)
        enough = value > self._best + own.tol or (self._score and value >= self._best + own.tol)
        self._waited = 0 if enough else self._waited + 1
        self._best = max(self._best, value)
        if self._waited > own.n_iter_no_change:
            what = "Training loss" if self._score is None else "Validation score"
            self._say(
                f"{what} did not improve more than tol={own.tol:f} for "
                f"{own.n_iter_no_change} consecutive epochs. Stopping."
            )
            self.settled = run.stop = True

    def on_end(self, run: Run) -> None:
        """Put the best back, and keep the optimizer's memory."""
        self.memory = run.arrays.optimizer
        if self._kept is not None:
            flat, run.arrays.weights.state = self._kept
            np.copyto(run.arrays.weights.params.flat, flat)

    def _held(self, run: Run, score: Callable[[], float]) -> float:
        """Score on what was held back, and keep the parameters if they are the best so far."""
        own, value = self._estimator, score()
        own.validation_scores_.append(value)
        self._say(f"Validation score: {value:f}")
        if value > self._best:
            weights = run.arrays.weights
            self._kept = weights.params.flat.copy(), weights.state
            own.best_validation_score_ = value
        return value

    def _say(self, line: str) -> None:
        if self._estimator.verbose:
            print(line)
