"""Callbacks: what wants to know how training goes, or to steer it."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from convstep.errors import argument_error, type_error
from convstep.nn.checks import not_negative
from convstep.nn.layer import Array, Arrays
from convstep.ops.checks import choice
from convstep.ops.geometry import integer
from convstep.training.run import Run

_MODES = ("auto", "min", "max")


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

    def state_dict(self) -> dict[str, Any]:
        """Return what a checkpoint must hold of it: arrays, and what JSON can hold, by name."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned; called after `on_start` when a run goes on."""


class KeepBest(Callback):
    """At the end, put back the parameters of the epoch that was best on validation.

    Best is the highest accuracy, where the loss is one that classifies; among equals, the lowest
    loss; among equals, the first. The history names the best epoch so far.
    """

    def __init__(self) -> None:
        self._best: tuple[Array, Arrays] | None = None
        self._score = (-math.inf, -math.inf)

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Keep a copy if it is the best so far."""
        score = (values.get("validation_accuracy", 0.0), -values["validation_loss"])
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

    def state_dict(self) -> dict[str, Any]:
        """Return the best parameters and state, and how good they are."""
        if self._best is None:
            return {}
        flat, state = self._best
        arrays = {f"state/{name}": array for name, array in state.items()}
        return {"params": flat, **arrays, "score": list(self._score)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them over."""
        if state:
            own = {
                name.removeprefix("state/"): array
                for name, array in state.items()
                if name.startswith("state/")
            }
            self._best = state["params"], own
            accuracy, loss = state["score"]
            self._score = accuracy, loss


class EarlyStopping(Callback):
    """Ends the run when a number has not become better for some epochs.

    Parameters
    ----------
    patience : int
        How many epochs in a row may pass without a better value.
    monitor : str
        A name in the history: "validation_loss", "validation_accuracy", "loss", ...
    min_delta : float
        By how much a value must be better than the best before it.
    mode : {"auto", "min", "max"}
        Which way is better; "auto" takes "max" for names that end in "accuracy", else "min".

    Notes
    -----
    The parameters stay those of the last epoch; ``fit(keep_best=True)`` puts the best back.

    Examples
    --------
    >>> EarlyStopping(patience=3)
    EarlyStopping(patience=3, monitor='validation_loss', min_delta=0.0, mode='min')
    """

    def __init__(
        self,
        patience: int,
        monitor: str = "validation_loss",
        min_delta: float = 0.0,
        mode: str = "auto",
    ) -> None:
        name = "EarlyStopping"
        self.patience = integer(name, "patience", patience, 1)
        if not isinstance(monitor, str):
            raise type_error(name, "monitor", "be a name in the history", monitor)
        self.monitor = monitor
        self.min_delta = not_negative(name, "min_delta", min_delta)
        self.mode = choice(name, "mode", mode, _MODES)
        if mode == "auto":
            self.mode = "max" if monitor.endswith("accuracy") else "min"
        self._best = math.inf
        self._waited = 0

    def __repr__(self) -> str:
        options = f"patience={self.patience}, monitor={self.monitor!r}"
        return f"EarlyStopping({options}, min_delta={self.min_delta}, mode={self.mode!r})"

    def on_start(self, run: Run) -> None:
        """Begin to count."""
        self._best, self._waited = math.inf, 0

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Count the epochs since the best."""
        if self.monitor not in values:
            rule = f"be one of {tuple(values)}"
            raise argument_error("EarlyStopping", "monitor", rule, self.monitor)
        value = values[self.monitor] * (1 if self.mode == "min" else -1)
        if value < self._best - self.min_delta:
            self._best, self._waited = value, 0
        else:
            self._waited += 1
            run.stop = run.stop or self._waited >= self.patience

    def state_dict(self) -> dict[str, Any]:
        """Return the best value and the epochs since."""
        return {"best": self._best, "waited": self._waited}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take them over."""
        self._best, self._waited = state["best"], state["waited"]
