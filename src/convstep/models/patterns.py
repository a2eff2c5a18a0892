"""Parameters by name: one by one, or many by a pattern."""

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

from convstep.errors import argument_error, near, type_error
from convstep.nn.checks import items


def matching(function: str, argument: str, patterns: Any, names: Collection[str]) -> frozenset[str]:
    """Return the names that match at least one pattern, written as for file names.

    Raises
    ------
    ArgumentError
        If there is no pattern, or one that matches no name.
    """
    if not patterns:
        rule = "hold at least one name or pattern"
        raise argument_error(function, argument, rule, patterns, 'All parameters are "*".')
    found = set[str]()
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise type_error(function, argument, "be names or patterns of names", pattern)
        matches = [name for name in names if fnmatchcase(name, pattern)]
        if not matches:
            raise _unknown(function, argument, pattern, names)
        found.update(matches)
    return frozenset(found)


def known(function: str, argument: str, given: Any, names: Collection[str]) -> frozenset[str]:
    """Check that all of `given` are among the names, and return them."""
    wanted = items(function, argument, given, "be a list of names")
    for name in wanted:
        if not isinstance(name, str) or name not in names:
            raise _unknown(function, argument, name, names)
    return frozenset(wanted)


def _unknown(function: str, argument: str, name: Any, names: Collection[str]) -> Exception:
    close = near(name, names)
    advice = f"Names like it: {', '.join(close)}." if close else ""
    return argument_error(function, argument, "name a parameter", name, advice)
