"""Makes a failing case as small as it can be: sizes first, then the numbers themselves."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convstep.check.exercise import Exercise, Setting, Task
from convstep.check.trials import Trial, trial

_MOST_CALLS = 600
_MORE_SEEDS = (1, 2)

Fails = Callable[[Trial], bool]


def shrunk(exercise: Exercise, task: Task, failing: Trial, fails: Fails) -> Trial:
    """The smallest case that still fails, and of small numbers, most of them zero.

    `fails` calls the submission; it is asked at most a few hundred times.
    """
    budget = iter(range(_MOST_CALLS))

    def still(candidate: Trial) -> bool:
        return next(budget, None) is not None and fails(candidate)

    smallest = _smaller_sizes(exercise, task, failing, still)
    return _simpler_numbers(exercise, task, smallest, still)


def _smaller_sizes(exercise: Exercise, task: Task, failing: Trial, fails: Fails) -> Trial:
    """Take each field down as far as it goes, and again until nothing moves."""
    moved = True
    while moved:
        moved = False
        for setting in _smaller_settings(task, failing.setting):
            candidate = trial(exercise, task, setting)
            if fails(candidate):
                failing, moved = candidate, True
                break
    return failing


def _smaller_settings(task: Task, setting: Setting) -> Iterator[Setting]:
    """Settings with one field smaller; other sizes are other numbers, so a few draws are tried."""
    for name, least in task.least.items():
        for value in range(least, setting[name]):
            smaller = {**setting, name: value}
            if task.valid(smaller):
                yield smaller
                if "seed" in setting:
                    yield from ({**smaller, "seed": seed} for seed in _MORE_SEEDS)


def _simpler_numbers(exercise: Exercise, task: Task, failing: Trial, fails: Fails) -> Trial:
    """Put 0, or else 1, or else a whole number, in the place of each number of the arguments.

    What fails for zeros alone fails whatever the numbers are: then they stay.
    """
    zeros = failing.arguments
    for path, array in _arrays(zeros):
        zeros = _replaced(zeros, path, np.zeros_like(array))
    if fails(trial(exercise, task, failing.setting, zeros)):
        return failing
    for path, array in _arrays(failing.arguments):
        for index in np.ndindex(array.shape):
            now = array[index]
            for value in dict.fromkeys((0.0, 1.0, float(np.rint(now)))):
                if value == now:
                    break
                changed = array.copy()
                changed[index] = value
                arguments = _replaced(failing.arguments, path, changed)
                candidate = trial(exercise, task, failing.setting, arguments)
                if fails(candidate):
                    failing, array = candidate, changed
                    break
    return failing


def _arrays(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """The arrays of floats in arguments, and the way to each."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        yield path, value
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _arrays(item, (*path, place))


def _replaced(value: Any, path: tuple[int, ...], array: Any) -> Any:
    if not path:
        return array
    place, *rest = path
    return tuple(
        _replaced(item, tuple(rest), array) if at == place else item
        for at, item in enumerate(value)
    )
