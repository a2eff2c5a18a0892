"""Checks of what is given to layers, graphs, optimizers and schedules."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from convstep.errors import argument_error, type_error


def number(
    function: str, argument: str, value: Any, rule: str, holds: Callable[[float], bool]
) -> float:
    """Check a finite number against a rule, given in words and as a function."""
    if isinstance(value, bool | np.bool_ | np.timedelta64) or not isinstance(
        value, int | float | np.integer | np.floating
    ):
        raise type_error(function, argument, rule, value)
    try:
        found = float(value)
    except OverflowError:  # an int beyond all floats
        found = math.inf
    if not (math.isfinite(found) and holds(found)):
        raise argument_error(function, argument, rule, value)
    return found


def items(function: str, argument: str, value: Any, rule: str) -> tuple[Any, ...]:
    """Check that something can be gone through, and return what is in it."""
    try:
        return tuple(value)
    except TypeError:
        raise type_error(function, argument, rule, value) from None


def finite(function: str, argument: str, value: Any) -> float:
    """Check a number that is neither infinite nor NaN."""
    return number(function, argument, value, "be a finite number", lambda _: True)


def positive(function: str, argument: str, value: Any) -> float:
    """Check a number above 0."""
    return number(function, argument, value, "be a number above 0", lambda v: v > 0)


def not_negative(function: str, argument: str, value: Any) -> float:
    """Check a number of at least 0."""
    return number(function, argument, value, "be a number of at least 0", lambda v: v >= 0)


def fraction(function: str, argument: str, value: Any) -> float:
    """Check a number from 0 up to, not including, 1."""
    rule = "be a number from 0 up to, not including, 1"
    return number(function, argument, value, rule, lambda v: 0 <= v < 1)


def share(function: str, argument: str, value: Any) -> float:
    """Check a number from 0 to 1."""
    return number(function, argument, value, "be a number from 0 to 1", lambda v: 0 <= v <= 1)
