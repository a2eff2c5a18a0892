"""Values of a failing case taken apart for showing: caches into their parts, arrays into planes."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

__all__ = ["as_array", "differences", "named", "number", "planes"]

_FILTERS = ("W", "dW")  # rows and columns are their first axes
_CACHES = {2: ("A_prev", "hparameters"), 4: ("A_prev", "W", "b", "hparameters")}


def number(value: Any) -> str:
    """A number in at most six digits."""
    if isinstance(value, bool):
        return str(value)
    return f"{value:.6g}" if isinstance(value, float | int) else str(value)


def named(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Arguments by name; the parts of a cache one by one."""
    for name, value in arguments.items():
        if isinstance(value, list) and any(isinstance(part, dict) for part in value):
            parts = _CACHES.get(len(value), range(len(value)))
            yield from ((f"{name}: {part}", item) for part, item in zip(parts, value, strict=True))
        else:
            yield name, value


def planes(name: str, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Planes of rows and columns: of images by example and channel, of filters by filter."""
    filters = name.rpartition(" ")[2] in _FILTERS
    every = slice(None)
    if len(shape) < 3:
        yield "", ...
    elif len(shape) == 3:
        yield from ((f"[:, :, {c}]", (..., c)) for c in range(shape[2]))
    elif filters:
        for i, c in product(range(shape[2]), range(shape[3])):
            yield f"[:, :, {i}, {c}]", (every, every, i, c)
    elif shape[1:3] == (1, 1):
        yield "[:, 0, 0, :]", (every, 0, 0)
    else:
        for i, c in product(range(shape[0]), range(shape[3])):
            yield f"[{i}, :, :, {c}]", (i, every, every, c)


def differences(expected: Any, got: Any) -> Any:
    """Where two arrays of one shape differ; None where there is nothing to mark."""
    right, other = as_array(expected), as_array(got)
    if right is None or other is None or right.shape != other.shape or right.ndim == 0:
        return None
    right, other = right.astype(float), other.astype(float)
    bound = 1e-4 * max(1e-3, float(np.abs(right).max(initial=0)))
    return ~(np.abs(right - other) <= bound)


def as_array(value: Any) -> Any:
    """Nested lists of numbers as an array; None for what is none."""
    if not isinstance(value, list):
        return None
    try:
        array = np.array(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "biuf" else None
