"""The values of a failing case, taken apart to be shown: planes of rows and columns, marks."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from convstep.check.outcome import apart

__all__ = ["as_array", "differences", "named", "number", "planes", "short"]

_FILTERS = ("W", "dW")  # rows and columns are their first axes
_CACHES = {2: ("A_prev", "hparameters"), 4: ("A_prev", "W", "b", "hparameters")}
_NOT_FINITE = ("nan", "inf", "-inf")


def named(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Arguments by name; the parts of a cache one by one."""
    for name, value in arguments.items():
        if isinstance(value, list) and any(isinstance(part, dict) for part in value):
            parts = _CACHES.get(len(value), range(len(value)))
            yield from ((f"{name}: {part}", item) for part, item in zip(parts, value, strict=True))
        else:
            yield name, value


def planes(name: str, shape: tuple[int, ...]) -> list[tuple[str, Any]]:
    """The planes of an array of up to four axes: of each its label and its index.

    Images go by example and channel, filters by input channel and filter.

    Examples
    --------
    >>> [label for label, _ in planes("W", (2, 2, 1, 2))]
    ['[:, :, 0, 0]', '[:, :, 0, 1]']
    >>> [label for label, _ in planes("right Z", (1, 3, 3, 2))]
    ['[0, :, :, 0]', '[0, :, :, 1]']
    """
    every = slice(None)
    if len(shape) < 3:
        return [("", ...)]
    if len(shape) == 3:
        return [(f"[:, :, {c}]", (..., c)) for c in range(shape[2])]
    if name.rpartition(" ")[2] in _FILTERS:
        outer = product(range(shape[2]), range(shape[3]))
        return [(f"[:, :, {i}, {c}]", (every, every, i, c)) for i, c in outer]
    if shape[1:3] == (1, 1):
        return [("[:, 0, 0, :]", (every, 0, 0))]
    outer = product(range(shape[0]), range(shape[3]))
    return [(f"[{i}, :, :, {c}]", (i, every, every, c)) for i, c in outer]


def as_array(value: Any) -> Any:
    """Nested lists of numbers as an array; None for what is none.

    A report says "nan", "inf" and "-inf" for what JSON has no numbers for: they are numbers here.
    """
    if not isinstance(value, list):
        return None
    try:
        array = np.array(_numbers(value))
    except (ValueError, OverflowError):
        return None
    return array if array.dtype.kind in "biuf" else None


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return float(value) if isinstance(value, str) and value in _NOT_FINITE else value


def differences(expected: Any, got: Any) -> Any:
    """Where two arrays of one shape differ; None where there is nothing to mark."""
    right, other = as_array(expected), as_array(got)
    if right is None or other is None or right.shape != other.shape or right.ndim == 0:
        return None
    return apart(right, other)


def number(value: Any) -> str:
    """A number in at most six digits."""
    if isinstance(value, bool):
        return str(value)
    return f"{value:.6g}" if isinstance(value, float | int) else str(value)


def short(value: Any) -> str:
    """A value in one line, as Python writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {short(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(short, value)) + "]"
    if isinstance(value, str) and value not in _NOT_FINITE:
        return repr(value)
    return number(value)
