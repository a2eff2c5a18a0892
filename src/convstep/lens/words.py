"""Numbers and sums in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["in_brackets", "number", "shortened", "times"]

_HEAD, _TAIL = 9, 2  # of a long sum


def number(value: Any) -> str:
    """A number in four digits; a whole number's type shows all of it.

    Examples
    --------
    >>> number(1 / 3), number(2.0), number(12345), number(True)
    ('0.3333', '2', '12345', 'True')
    """
    return str(value) if isinstance(value, int | np.integer | np.bool_) else f"{value + 0.0:.4g}"


def times(a: Any, b: Any) -> str:
    """A product as it is written: negative numbers in brackets.

    Examples
    --------
    >>> times(2, -0.5)
    '2 * (-0.5)'
    """
    return f"{in_brackets(number(a))} * {in_brackets(number(b))}"


def in_brackets(shown: str) -> str:
    """A number beside a sign: a negative one needs brackets."""
    return f"({shown})" if shown.startswith("-") else shown


def shortened(terms: Sequence[str], between: str = " + ") -> str:
    """Join terms, and leave out the middle of many.

    Examples
    --------
    >>> shortened(["1", "2", "3"])
    '1 + 2 + 3'
    >>> shortened([str(n) for n in range(100)])
    '0 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + ... (89 more) + 98 + 99'
    """
    left_out = len(terms) - _HEAD - _TAIL
    if left_out <= 1:
        return between.join(terms)
    return between.join([*terms[:_HEAD], f"... ({left_out} more)", *terms[-_TAIL:]])
