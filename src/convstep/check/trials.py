"""The cases of a task worked out: arguments, and what is right; and what each mistake gives."""

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from convstep.check.execute import execute
from convstep.check.exercise import (
    Exercise,
    Mistake,
    Setting,
    Task,
    Variant,
    edited_body,
    parted,
    run_source,
)
from convstep.check.merge import merged
from convstep.check.outcome import MISSING, parts, same

FIRST = 28  # cases, the smallest, by which most suspects are ruled out

Parts = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Trial:
    """One case: the arguments of the call, and each output as it must be."""

    setting: Setting
    arguments: tuple[Any, ...]
    expected: Parts


def trial(
    exercise: Exercise, task: Task, setting: Setting, arguments: tuple[Any, ...] | None = None
) -> Trial:
    """Work out one case; with other arguments than the setting's own where some are given."""
    arguments = task.build(setting) if arguments is None else arguments
    return Trial(setting, arguments, parts(task, execute(exercise.right[task.name], arguments)))


@cache
def trials(exercise: Exercise, task: Task) -> tuple[Trial, ...]:
    """All cases of a task, the smallest first."""
    worked_out = (trial(exercise, task, setting) for setting in task.settings)
    return tuple(sorted(worked_out, key=lambda one: numbers_in(one.arguments)))


def numbers_in(value: Any) -> int:
    """How many numbers a value holds."""
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, tuple | list):
        return sum(map(numbers_in, value))
    if isinstance(value, Mapping):
        return sum(map(numbers_in, value.values()))
    return 1


class Suspects:
    """The known mistakes of one task, and what they give in each of its cases.

    Everything is worked out when it is first asked for and kept: a class of three hundred is held
    against the same few thousand results.
    """

    def __init__(self, exercise: Exercise, task: Task) -> None:
        self.task = task
        self.trials = trials(exercise, task)
        self.mistakes = exercise.catalogue(task.name)
        self._modules = {style: run_source(text) for style, text in exercise.definitions.items()}
        self._bodies = {
            style: parted(text, task.name)[1] for style, text in exercise.definitions.items()
        }
        self._functions: dict[tuple[Variant, ...], Callable[..., Any] | None] = {}
        self._harmless: dict[Variant, list[int]] = {}
        self._given: dict[tuple[tuple[Variant, ...], int], Parts] = {}

    def variants(self) -> Iterator[tuple[Mistake, Variant]]:
        """Each mistake in each way in which it behaves."""
        for mistake in self.mistakes:
            for variant in mistake.variants:
                yield mistake, variant

    def function(self, *variants: Variant) -> Callable[..., Any] | None:
        """A right solution with these mistakes in it; None where they cannot be made together."""
        if variants not in self._functions:
            self._functions[variants] = self._made(variants)
        return self._functions[variants]

    def _made(self, variants: tuple[Variant, ...]) -> Callable[..., Any] | None:
        style = variants[0].style
        if any(variant.style != style for variant in variants):
            return None
        base = self._bodies[style]
        bodies = [edited_body(base, self.task.name, variant.edits) for variant in variants]
        source = bodies[0] if len(bodies) == 1 else merged(base, *bodies)
        if source is None:
            return None
        try:
            code = compile(source, f"<{style}>", "exec")
        except SyntaxError:  # two changes of one line need not make sense together
            return None
        namespace = dict(self._modules[style])
        exec(code, namespace)
        function: Callable[..., Any] = namespace[self.task.name]
        return function

    def given(self, number: int, *variants: Variant) -> Parts:
        """What a right solution with these mistakes returns in the case of that number."""
        key = (variants, number)
        if key not in self._given:
            function = self.function(*variants)
            if function is None:
                return (MISSING,) * len(self.task.outputs)
            self._given[key] = parts(self.task, execute(function, self.trials[number].arguments))
        return self._given[key]

    def conventional(self, one: Trial) -> Iterator[Parts]:
        """What is right, too, in any case, by the conventions."""
        for mistake, variant in self.variants():
            function = self.function(variant) if mistake.kind == "convention" else None
            if function is not None:
                yield parts(self.task, execute(function, one.arguments))

    def harmless(self, variant: Variant, outputs: Iterable[int]) -> int:
        """In which of the first cases a mistake leaves these outputs right, as bits."""
        if variant not in self._harmless:
            self._harmless[variant] = self._silent(variant)
        bits = self._harmless[variant]
        return functools.reduce(operator.and_, (bits[k] for k in outputs))

    def _silent(self, variant: Variant) -> list[int]:
        bits = [0] * len(self.task.outputs)
        for number, one in enumerate(self.trials[:FIRST]):
            for k, given in enumerate(self.given(number, variant)):
                bits[k] |= same(one.expected[k], given) << number
        return bits


@cache
def suspects(exercise: Exercise, task: Task) -> Suspects:
    """The suspects of a task, one set of them for a process."""
    return Suspects(exercise, task)
