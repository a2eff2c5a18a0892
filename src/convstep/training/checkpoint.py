"""Checkpoints: all that a run needs to go on as if it had never been stopped.

A checkpoint is a file of the kind that `tensorfile` describes, with these parts::

    {
      "format": 1,
      "asked": {...},                 what the run was asked for, and the marks of its data
      "progress": {
        "step": 1440,                 training steps of the model, over all its runs
        "epoch": 12,                  the epoch that runs, or that is over, counted from 1
        "within": {...},              how far it is, and its running means; null: it is over
        "examples_seen": 46548,
        "stop": false,                whether a callback wanted no further epoch
        "optimizer_steps": [1440],
        "history": {...}
      },
      "callbacks": {"KeepBest1": {"score": [0.99, -0.02]}}
    }

The arrays are "params", the vector of all parameters; "state/NAME"; "optimizer/0/NAME", one for
each stretch of trained parameters; and "callbacks/KeepBest1/NAME".
"""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from convstep.atomic import remove_leftovers
from convstep.errors import ArgumentError, Shown, argument_error, type_error
from convstep.nn.layer import Array
from convstep.ops.geometry import integer
from convstep.training import snapshot
from convstep.training.callbacks import Callback
from convstep.training.run import Run
from convstep.training.tensorfile import Kind

FORMAT = 1
PREVIOUS = ".previous"


class Checkpoint:
    """Where a run keeps what it needs to go on, and how often it writes that.

    It is written when the run begins, at the end of each epoch, at Ctrl-C and, with `every`, each
    time that so many steps have been made. The one before it stays beside it, with ".previous"
    added to its name. A file is written aside and then takes its name, so whatever happens, the
    last good one is there.

    Parameters
    ----------
    path : str or path
        The file.
    every : int, optional
        Steps from one to the next within an epoch.

    Examples
    --------
    >>> Checkpoint("run.safetensors", every=100)
    Checkpoint('run.safetensors', every=100)
    """

    def __init__(self, path: str | os.PathLike[str], every: int | None = None) -> None:
        try:
            self.path = Path(path)
        except TypeError:
            raise type_error("Checkpoint", "path", "be a str or a path", path) from None
        self.every = None if every is None else integer("Checkpoint", "every", every, 1)

    def __repr__(self) -> str:
        return f"Checkpoint({str(self.path)!r}, every={self.every})"

    @property
    def previous(self) -> Path:
        """Where the one before the last is."""
        return self.path.with_name(self.path.name + PREVIOUS)


class Keeper:
    """Writes the checkpoints of one run, and lets it begin from the last one.

    Parameters
    ----------
    checkpoint : Checkpoint
    asked : dict
        What the run was asked for, in values that JSON gives back as they are.
    resume : bool
        Whether to go on from the file, if there is one.
    """

    def __init__(self, checkpoint: Checkpoint, asked: dict[str, Any], *, resume: bool) -> None:
        self.checkpoint = checkpoint
        self.asked = asked
        self.resume = resume
        self.last_step: int | None = None
        """The step of the model at the last checkpoint."""

    def check(self) -> None:
        """Look for a file that must not be written over, or cannot be gone on from.

        Raises
        ------
        ArgumentError
            If there is one and `resume` is not set.
        """
        path = self.checkpoint.path
        if path.is_dir():
            raise argument_error("Model.fit", "checkpoint", "name a file, not a folder", str(path))
        if path.exists() and not self.resume:
            rule = "name a new file, or come with resume=True"
            advice = "resume=True goes on from it; delete it to begin anew."
            raise argument_error("Model.fit", "checkpoint", rule, str(path), advice)
        previous = self.checkpoint.previous
        if previous.exists() and not path.exists():
            rule = f"not be missing where {previous} is there"
            advice = "Move that to its place to go on from it; delete it to begin anew."
            raise argument_error("Model.fit", "checkpoint", rule, str(path), advice)

    def begin(self, run: Run, callbacks: Sequence[Callback]) -> None:
        """Put the run where the last checkpoint was; write the first if there is none."""
        path, previous = self.checkpoint.path, self.checkpoint.previous
        for each in (path, previous):
            remove_leftovers(each)
        if not path.exists():
            self.save(run, callbacks)
            return
        header, arrays = _kind(self.checkpoint).read(path)
        _refuse_others(path, header["asked"], self.asked)
        lost = sorted(set(header["callbacks"]) - set(_names(callbacks)))
        if lost:
            rule = f"hold {lost[0]} (class and number), as in the run that began {path}"
            raise argument_error("Model.fit", "callbacks", rule, Shown(_names(callbacks)))
        try:
            snapshot.restore(run, header["progress"], arrays)
            restore_callbacks(callbacks, header["callbacks"], arrays)
        except (ArgumentError, KeyError, TypeError, ValueError) as error:
            raise _kind(self.checkpoint).damaged(path, error) from error
        self.last_step = run.arrays.weights.step

    def on_step(self, run: Run, callbacks: Sequence[Callback]) -> None:
        """Write one if it is due."""
        every = self.checkpoint.every
        if every is not None and run.within is not None and run.within.steps % every == 0:
            self.save(run, callbacks)

    def save(self, run: Run, callbacks: Sequence[Callback]) -> None:
        """Write one, unless the last step made a parameter infinite or NaN: the next one tells.

        Raises
        ------
        OSError
            If it cannot be written; the message names the last one that was.
        """
        if not np.isfinite(run.arrays.weights.params.flat).all():
            return
        progress, arrays = snapshot.take(run)
        states, more = callback_states(callbacks)
        description = {
            "format": FORMAT,
            "asked": self.asked,
            "progress": progress,
            "callbacks": states,
        }
        try:
            _kind(self.checkpoint).write(
                self.checkpoint.path,
                description,
                {**arrays, **more},
                before=partial(_keep, self.checkpoint.path, self.checkpoint.previous),
            )
        except OSError as error:
            reason = f"{error.strerror} ({self._last()})"
            raise OSError(error.errno, reason, error.filename) from error
        self.last_step = run.arrays.weights.step

    def _last(self) -> str:
        if self.last_step is None:
            return "no checkpoint was written before"
        return f"the last good checkpoint is {self.describe()}"

    def describe(self) -> str:
        """Name the last good checkpoint and its step."""
        return f"{self.checkpoint.path}, of step {self.last_step}"


def _kind(checkpoint: Checkpoint) -> Kind:
    """Describe the kind of file; the advice looks for the file that would help."""
    advice = "Begin anew without it."
    if checkpoint.previous.is_file():
        advice = (
            f"Move {checkpoint.previous}, the checkpoint before it, to its place and resume again."
        )
    return Kind(
        function="Model.fit",
        noun="checkpoint",
        parts={"asked": dict, "progress": dict, "callbacks": dict},
        newest=FORMAT,
        lack="training run",
        advice=advice,
    )


def _keep(path: Path, previous: Path) -> None:
    """Give the last checkpoint a second name; at no moment is there none under its own."""
    aside = previous.with_name(f".{previous.name}.part")
    with suppress(OSError):  # some file systems know no second names
        aside.unlink(missing_ok=True)
        os.link(path, aside)
        os.replace(aside, previous)
        aside.unlink(missing_ok=True)  # left there if both were names of one file already


def _refuse_others(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with other arguments or data than the run began with."""
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            rule = f"be {before.get(name)}, as in the run that began {path}"
            raise argument_error("Model.fit", name, rule, Shown(now.get(name)))


def _names(callbacks: Sequence[Callback]) -> list[str]:
    """Call callbacks by their class and their number among those of that class."""
    kinds = [type(callback).__name__ for callback in callbacks]
    return [f"{kind}{kinds[: place + 1].count(kind)}" for place, kind in enumerate(kinds)]


def callback_states(
    callbacks: Sequence[Callback],
) -> tuple[dict[str, dict[str, Any]], dict[str, Array]]:
    """Return what callbacks have to keep: what JSON can hold, and arrays by their whole names."""
    states: dict[str, dict[str, Any]] = {}
    arrays: dict[str, Array] = {}
    for name, callback in zip(_names(callbacks), callbacks, strict=True):
        state = callback.state_dict()
        if state:
            plain = {key: v for key, v in state.items() if not isinstance(v, np.ndarray)}
            states[name] = snapshot.plain(f"the state of {name}", plain)
            arrays |= {f"callbacks/{name}/{key}": v for key, v in state.items() if key not in plain}
    return states, arrays


def restore_callbacks(
    callbacks: Sequence[Callback], states: Mapping[str, Any], arrays: Mapping[str, Array]
) -> None:
    """Hand each callback what it had kept."""
    by_name = dict(zip(_names(callbacks), callbacks, strict=True))
    for name, plain in states.items():
        prefix = f"callbacks/{name}/"
        own = {key.removeprefix(prefix): v for key, v in arrays.items() if key.startswith(prefix)}
        by_name[name].load_state_dict({**own, **plain})
