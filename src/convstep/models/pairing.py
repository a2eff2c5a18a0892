"""Which of another network's layers belongs to which of ours: by name, a map, order or shape."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from convstep.errors import ArgumentError, Shown, argument_error, near, type_error
from convstep.nn.layer import Array

Names = Mapping[str, str] | Callable[[str], str] | None


class Group(NamedTuple):
    """The arrays of one layer of theirs, by their own short names."""

    prefix: str
    arrays: dict[str, Array]


Misfit = Callable[[str, Group], ArgumentError | None]


def paired(
    function: str,
    ours: list[str],
    groups: dict[str, Group],
    names: Names,
    misfit: Misfit,
) -> list[Group]:
    """Return the group for each of our layers; none is left over.

    Parameters
    ----------
    function : str
        The public name, for messages.
    ours : list of str
        The names of our layers.
    groups : dict from prefix to Group
    names : mapping, callable or None
        From our names to prefixes, as users give it.
    misfit : callable
        ``misfit(name, group)`` returns what speaks against a group being one of our layer's.
    """
    if names is None and not set(ours) <= set(groups):
        return _by_order(function, ours, list(groups.values()), misfit)
    wanted = ours if names is None else _renamed(function, ours, names)
    for name, prefix in zip(ours, wanted, strict=True):
        if prefix not in groups:
            got = Shown(f"none called {prefix + '.' if prefix else ''}...")
            advice = _like(prefix, groups)
            raise argument_error(function, "weights", f"hold the arrays of {name!r}", got, advice)
    left = [prefix for prefix in groups if prefix not in wanted]
    if left or len(set(wanted)) < len(wanted):
        rule = "hold one group of arrays for each layer of the network, and no more"
        got = Shown(f"{len(groups)} for {len(wanted)} layers, {listed(left)} unused")
        raise argument_error(function, "weights", rule, got)
    return [groups[prefix] for prefix in wanted]


def listed(names: list[str]) -> str:
    """Write names for a message; of many, the first."""
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown}, ..." if len(names) > 5 else shown or "none"


def _renamed(function: str, ours: list[str], names: Any) -> list[str]:
    """Return the prefix that `names` gives for each layer."""
    if callable(names):
        theirs = [names(name) for name in ours]
    elif isinstance(names, Mapping):
        for prefix in names:
            if not any(_within(name, prefix) for name in ours):
                rule = "map layers of the network to names in the weights"
                raise argument_error(function, "names", rule, prefix, _like(prefix, ours))
        theirs = [_mapped(name, names) for name in ours]
    else:
        raise type_error(function, "names", "be a mapping, a function or None", names)
    for name in theirs:
        if not isinstance(name, str):
            raise type_error(function, "names", "give names, as str", name)
    return theirs


def _by_order(function: str, ours: list[str], groups: list[Group], misfit: Misfit) -> list[Group]:
    """Match by order, or where that does not fit and no two fit one place, by shape."""
    advice = "Give names={...} that map our layers to theirs."
    prefixes = [group.prefix for group in groups]
    if len(groups) != len(ours):
        rule = f"hold arrays for the network's {len(ours)} layers"
        got = Shown(f"arrays for {len(groups)} ({listed(prefixes)})")
        raise argument_error(function, "weights", rule, got, advice)
    pairs = zip(ours, groups, strict=True)
    misfits = [(name, g.prefix, error) for name, g in pairs if (error := misfit(name, g))]
    if not misfits and _counted_up(prefixes):
        return groups
    fitting = [[group for group in groups if not misfit(name, group)] for name in ours]
    found = {group.prefix for place in fitting for group in place}
    if len(found) == len(groups) and all(len(place) == 1 for place in fitting):
        return [group for (group,) in fitting]
    if len(misfits) == 1 and _counted_up(prefixes):
        raise misfits[0][2]
    rule = "have the network's names, or its order and shapes"
    seen = "{!r} beside {!r}".format(*misfits[0]) if misfits else f"the order {listed(prefixes)}"
    raise argument_error(function, "weights", rule, Shown(seen), advice)


def _within(name: str, prefix: Any) -> bool:
    """Tell whether a prefix, of whole parts between dots, begins a name."""
    return prefix in ("", name) or name.startswith(f"{prefix}.")


def _mapped(name: str, names: Mapping[str, str]) -> str:
    """Exchange the longest prefix of a name that is mapped."""
    prefix = max((p for p in names if _within(name, p)), key=len, default=None)
    if prefix is None or not isinstance(names[prefix], str):
        return name if prefix is None else names[prefix]
    return ".".join(part for part in (names[prefix], name[len(prefix) :].strip(".")) if part)


def _counted_up(prefixes: list[str]) -> bool:
    """Tell whether the numbers in names that are otherwise alike rise: no "f.10" before "f.2"."""
    last: dict[str, list[int]] = {}
    for prefix in prefixes:
        pattern = re.sub(r"\d+", "#", prefix)
        numbers = [int(digits) for digits in re.findall(r"\d+", prefix)]
        if numbers < last.get(pattern, []):
            return False
        last[pattern] = numbers
    return True


def _like(name: object, known: Any) -> str:
    close = near(name, known)
    return f"Names like it: {', '.join(close)}." if close else ""
