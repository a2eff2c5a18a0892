"""What came of one call of a submission, and when two results are the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from convstep.check.exercise import Task

# float32 keeps seven digits; sums of products of the cases lose two of them at most.
_TOLERANCE = 2e-5

FailureKind = Literal["exception", "timeout", "killed", "memory", "exit", "protocol"]


@dataclass(frozen=True)
class Failure:
    """Why a call gave no result.

    `kind` is "exception" for what Python raised (`type`, `message`, and the `line` of the
    submission, or of the `cell` of a notebook, where it happened); all others ended the process.
    """

    kind: FailureKind
    type: str = ""
    message: str = ""
    line: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        told = ": ".join(filter(None, (self.type, self.message)))
        cell = f"cell {self.cell}, " if self.cell else ""
        return f"{told} ({cell}line {self.line})" if self.line else told


@dataclass(frozen=True)
class Outcome:
    """One call: its value or its failure, and what it did beside."""

    value: Any = None
    failure: Failure | None = None
    changed: tuple[int, ...] = ()  # the arguments that were altered, by position
    shared: tuple[int, ...] = ()  # the arguments whose memory the result lies in
    printed: int = 0  # lines
    repairs: tuple[str, ...] = ()  # what this NumPy refuses and an earlier one took


@dataclass(frozen=True)
class Opaque:
    """A value of a type that no exercise asks for: only its type's name came over.

    Where there is no value, `type` is that of the exception; its `message` makes no difference.
    """

    type: str
    message: str = field(default="", compare=False)

    def __str__(self) -> str:
        return (
            f"an {self.type}" if self.type.startswith("array") else f"an object of type {self.type}"
        )


MISSING = Opaque("nothing")


def parts(task: Task, outcome: Outcome) -> tuple[Any, ...]:
    """The outputs of a task, one by one; all of them Opaque where the result has not that form."""
    count = len(task.outputs)
    if outcome.failure is not None:
        failure = outcome.failure
        return (Opaque(failure.type or failure.kind, failure.message),) * count
    if count == 1:
        return (outcome.value,)
    if isinstance(outcome.value, tuple | list) and len(outcome.value) == count:
        return tuple(outcome.value)
    return (Opaque(form_of(outcome.value)),) * count


def form_of(value: Any) -> str:
    """What kind of result came where several outputs were asked for."""
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__


def same(expected: Any, got: Any) -> bool:
    """Whether two values are the same but for rounding, dtype, and tuple or list."""
    if isinstance(expected, tuple | list):
        return (
            isinstance(got, tuple | list)
            and len(expected) == len(got)
            and all(map(same, expected, got))
        )
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and expected.keys() == got.keys()
            and all(same(expected[key], got[key]) for key in expected)
        )
    if isinstance(expected, np.ndarray | np.generic | int | float):
        return _same_numbers(expected, got)
    return type(expected) is type(got) and bool(expected == got)


def _same_numbers(expected: Any, got: Any) -> bool:
    if not isinstance(got, np.ndarray | np.generic | int | float):
        return False
    right, other = np.asarray(expected), np.asarray(got)
    if other.dtype.kind not in "biuf" or right.dtype.kind not in "biuf":
        return False
    if right.shape != other.shape:
        if not (right.ndim == 0 and other.size == 1):  # one number, in an array of one
            return False
        other = other.reshape(())
    right, other = right.astype(np.float64), other.astype(np.float64)
    if not np.isfinite(other).all():
        return bool(np.array_equal(right, other, equal_nan=True))
    return not bool(apart(right, other).any())


def apart(right: Any, other: Any) -> Any:
    """In which cells two arrays of one shape differ by more than rounding, as a mask."""
    right, other = np.asarray(right, np.float64), np.asarray(other, np.float64)
    bound = _TOLERANCE * max(1e-3, float(np.abs(right).max(initial=0)))
    with np.errstate(invalid="ignore"):  # inf - inf
        return ~(np.abs(right - other) <= bound)
