"""Arrays by name: one by one, all of a network's, or many by a pattern."""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from convstep.errors import Shown, argument_error, near, type_error
from convstep.nn.checks import items
from convstep.nn.layer import Array, Arrays, ArraySpec
from convstep.ops.checks import array, same_shape


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


def named_arrays(function: str, argument: str, given: Any) -> dict[str, Array]:
    """Check a mapping from names to arrays of real numbers."""
    if not isinstance(given, Mapping):
        raise type_error(function, argument, "be a mapping from names to arrays", given)
    return {
        name: array(function, f"{argument}[{name!r}]", value, None) for name, value in given.items()
    }


def fitting(
    function: str, argument: str, given: Arrays, specs: Mapping[str, ArraySpec]
) -> dict[str, Array]:
    """Check that arrays are those of the specs, no more and no less; return them in their dtype."""
    for name in given:
        if name not in specs:
            raise _unknown(function, argument, name, specs)
    for name, spec in specs.items():
        if name not in given:
            raise argument_error(function, argument, f"hold {name!r}", Shown("none of that name"))
        same_shape(function, f"{argument}[{name!r}]", given[name], spec.shape, "the network's")
    return {name: given[name].astype(spec.dtype, copy=False) for name, spec in specs.items()}


def _unknown(function: str, argument: str, name: Any, names: Collection[str]) -> Exception:
    close = near(name, names)
    advice = f"Names like it: {', '.join(close)}." if close else ""
    return argument_error(function, argument, "name what the network has", name, advice)
