"""A failing case, ready to be shown: numbers as lists, and the first place where they part."""

from typing import Any

import numpy as np

from convstep.check.exercise import Task
from convstep.check.localise import described
from convstep.check.outcome import Opaque, Outcome, apart, parts, same
from convstep.check.report import Example
from convstep.check.trials import Trial

_MOST_NUMBERS = 600


def example_of(task: Task, trial: Trial, outcome: Outcome) -> Example:
    """Put a case into words and lists: all of it where it is small."""
    got = parts(task, outcome)
    number = next((k for k, e in enumerate(trial.expected) if not same(e, got[k])), 0)
    output, expected, given = task.outputs[number], trial.expected[number], got[number]
    index = _first_difference(expected, given)
    cell: dict[str, Any] = {}
    if index is not None:
        cell = {
            "index": list(index),
            "where": _where(task, trial, output, index),
            "cell_expected": _finite(float(np.asarray(expected)[index])),
            "cell_got": _finite(float(np.asarray(given)[index])),
        }
    return Example(
        setting={name: _plain(value) for name, value in trial.setting.items() if name != "seed"},
        arguments={
            name: _plain(value) for name, value in zip(task.arguments, trial.arguments, strict=True)
        },
        output=output,
        expected=_plain(expected),
        got=_told(outcome, given),
        **cell,
    )


def _told(outcome: Outcome, given: Any) -> Any:
    """What came: numbers, or words where there are none."""
    if outcome.failure is not None:
        return str(outcome.failure)
    if given is None or isinstance(given, Opaque):
        return described(outcome.value)
    return repr(given) if isinstance(given, str) else _plain(given)


def _first_difference(expected: Any, got: Any) -> tuple[int, ...] | None:
    """The first cell, row by row, in which two arrays of one shape differ."""
    if not isinstance(expected, np.ndarray | np.generic) or not isinstance(
        got, np.ndarray | np.generic | int | float
    ):
        return None
    right, other = np.asarray(expected), np.asarray(got)
    if right.shape != other.shape or right.ndim == 0 or other.dtype.kind not in "biuf":
        return None
    places = np.argwhere(apart(right, other))
    return tuple(int(n) for n in places[0]) if len(places) else None


def _where(task: Task, trial: Trial, output: str, index: tuple[int, ...]) -> str:
    axes = task.axes.get(output, ())
    named = [f"{word} {n}" for word, n in zip(axes, index, strict=False) if word]
    return "; ".join(filter(None, [", ".join(named), task.place(trial.setting, output, index)]))


def _plain(value: Any) -> Any:
    """Lists and Python's numbers, which JSON has; large arrays by their shape alone."""
    if isinstance(value, np.ndarray):
        if value.size > _MOST_NUMBERS:
            return f"an array of shape {value.shape}"
        return _finite(value.tolist())
    if isinstance(value, np.generic):
        return _finite(value.item())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Opaque):
        return described(value)
    return _finite(value)


def _finite(value: Any) -> Any:
    """NaN and infinity as words: JSON has no such numbers."""
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value
