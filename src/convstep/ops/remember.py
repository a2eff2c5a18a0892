"""Remembering what shapes and options lead to.

The layers of a network are called with the same shapes again and again, and checking their options
and laying out their windows takes longer than a small convolution.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 512  # results that each function keeps


def remembered(work_out: Callable[..., T]) -> Callable[..., T]:
    """Let ``work_out(function, shapes, *options)`` look into what it returned before.

    `function` is a name for errors, which are not remembered. `shapes` is made of shapes of arrays,
    and flags that were checked; the options are the caller's, unchecked. The result must follow
    from these alone, and nobody may change it.
    """
    known: dict[Any, T] = {}

    @wraps(work_out)
    def look_up(function: str, shapes: tuple[Any, ...], *options: Any) -> T:
        for option in options:  # as keys True, 1 and 1.0 are one, and so are pairs of them
            kind = type(option)
            if kind is int or kind is str or option is None:
                continue
            if kind is not tuple:
                return work_out(function, shapes, *options)
            for part in option:
                if type(part) is not int and not _all_plain(part):
                    return work_out(function, shapes, *options)
        key = (shapes, options)
        found = known.get(key)
        if found is None:
            found = work_out(function, shapes, *options)
            if len(known) >= MOST:
                known.clear()
            known[key] = found
        return found

    return look_up


def _all_plain(part: Any) -> bool:
    """Tell whether a part of a tuple is a tuple of plain integers."""
    return type(part) is tuple and not [n for n in part if type(n) is not int]
