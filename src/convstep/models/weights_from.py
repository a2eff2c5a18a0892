"""Weights that another framework trained: found by name or order, turned round, checked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convstep.errors import Shown, argument_error, near, type_error
from convstep.models.layouts import Layout
from convstep.models.leaves import Leaf
from convstep.nn.layer import Array, ArraySpec
from convstep.ops.checks import array as real_array

Names = Mapping[str, str] | Callable[[str], str] | None


class Group(NamedTuple):
    """The arrays of one layer of theirs, by their own short names."""

    prefix: str
    arrays: dict[str, Array]


class Loader:
    """Finds the arrays of a network among those of another framework.

    Parameters
    ----------
    function : str
        The public name, for messages.
    layout : Layout
        The other framework's habits.
    network : sequence of Leaf
        Our layers.
    shared : mapping from name to name
        Parameters that the network has under another name.
    """

    def __init__(
        self, function: str, layout: Layout, network: Sequence[Leaf], shared: Mapping[str, str]
    ) -> None:
        self._function = function
        self._layout = layout
        self._leaves = [leaf for leaf in network if leaf.params or leaf.state]
        self._shared = shared

    def load(self, weights: Any, names: Any = None) -> dict[str, Array]:
        """Return the network's arrays under our names, all of them checked."""
        if isinstance(weights, Mapping):
            groups = self._groups(weights)
            pairs = self._paired(groups, names)
        else:
            pairs = self._in_a_row(weights, names)
        found: dict[str, Array] = {}
        for leaf, group in pairs:
            found.update(self._converted(leaf, group))
        return self._unshared(found)

    # ------------------------------------------------------------------ which belongs to which

    def _groups(self, weights: Mapping[Any, Any]) -> dict[str, Group]:
        """Sort named arrays by layer, in their order."""
        groups: dict[str, Group] = {}
        for name, value in weights.items():
            if not isinstance(name, str):
                raise type_error(self._function, "names of arrays", "be str", name)
            prefix, _, short = self._layout.plain(name).rpartition(".")
            if short not in self._layout.ignored:
                group = groups.setdefault(prefix, Group(prefix, {}))
                group.arrays[short] = self._array(name, value)
        return groups

    def _array(self, name: str, value: Any) -> Array:
        """Take an array, or whatever NumPy makes one of, tensors among them."""
        try:
            value = value.detach() if hasattr(value, "detach") else value
            return real_array(self._function, repr(name), np.asarray(value), None)
        except (TypeError, RuntimeError) as error:
            if isinstance(error, ValueError):  # our own
                raise
            rule = "be an array, or a tensor that NumPy can read"
            advice = "Of any other tensor, give tensor.float().cpu()."
            got = Shown(f"a {type(value).__name__}")
            raise type_error(self._function, repr(name), rule, got, advice) from error

    def _paired(self, groups: dict[str, Group], names: Names) -> list[tuple[Leaf, Group]]:
        """Find the group of each layer, and see that none is left over."""
        if names is not None:
            wanted = self._renamed(names)
        elif all(leaf.name in groups for leaf in self._leaves):
            wanted = [leaf.name for leaf in self._leaves]
        else:
            return self._by_order(list(groups.values()))
        for leaf, prefix in zip(self._leaves, wanted, strict=True):
            if prefix not in groups:
                advice = f"Names like it: {', '.join(near(prefix, groups))}."
                rule = f"hold the arrays of {leaf.name!r}"
                got = Shown(f"none called {prefix + '.' if prefix else ''}...")
                raise argument_error(self._function, "weights", rule, got, advice)
        left = [prefix for prefix in groups if prefix not in wanted]
        if left or len(set(wanted)) < len(wanted):
            rule = "hold one group of arrays for each layer of the network, and no more"
            got = Shown(f"{len(groups)} for {len(wanted)} layers, {_listed(left)} unused")
            raise argument_error(self._function, "weights", rule, got, "Leave them out, or name.")
        return [(leaf, groups[prefix]) for leaf, prefix in zip(self._leaves, wanted, strict=True)]

    def _renamed(self, names: Names) -> list[str]:
        """Return the prefix that `names` gives for each layer."""
        ours = [leaf.name for leaf in self._leaves]
        if callable(names):
            theirs = [names(name) for name in ours]
        elif isinstance(names, Mapping):
            for prefix in names:
                if not any(_within(name, prefix) for name in ours):
                    rule = "map layers of the network to names in the weights"
                    advice = f"Names like it: {', '.join(near(prefix, ours))}."
                    raise argument_error(self._function, "names", rule, prefix, advice)
            theirs = [_mapped(name, names) for name in ours]
        else:
            rule = "be a mapping, a function or None"
            raise type_error(self._function, "names", rule, names)
        for name in theirs:
            if not isinstance(name, str):
                raise type_error(self._function, "names", "give names, as str", name)
        return theirs

    def _by_order(self, groups: list[Group]) -> list[tuple[Leaf, Group]]:
        """Match by order, or where that does not fit and no two fit one place, by shape."""
        advice = "Give names={...} that map our layers to theirs."
        if len(groups) != len(self._leaves):
            rule = f"hold arrays for the network's {len(self._leaves)} layers"
            got = Shown(f"arrays for {len(groups)} ({_listed([g.prefix for g in groups])})")
            raise argument_error(self._function, "weights", rule, got, advice)
        misfits = [
            f"{leaf.name!r} beside {group.prefix!r}"
            for leaf, group in zip(self._leaves, groups, strict=True)
            if not self._fits(leaf, group)
        ]
        if not misfits and _counted_up([group.prefix for group in groups]):
            return list(zip(self._leaves, groups, strict=True))
        fitting = [[g for g in groups if self._fits(leaf, g)] for leaf in self._leaves]
        prefixes = {group.prefix for found in fitting for group in found}
        if len(prefixes) == len(groups) and all(len(found) == 1 for found in fitting):
            return [(leaf, group) for leaf, (group,) in zip(self._leaves, fitting, strict=True)]
        rule = "have the network's names, or its order and shapes"
        got = Shown(misfits[0] if misfits else f"the order {_listed([g.prefix for g in groups])}")
        raise argument_error(self._function, "weights", rule, got, advice)

    def _in_a_row(self, weights: Any, names: Any) -> Iterator[tuple[Leaf, Group]]:
        """Take arrays without names, in the order of the layers and of each layer's arrays."""
        if names is not None:
            raise argument_error(self._function, "names", "come with named weights", names)
        try:
            values = list(weights)
        except TypeError:
            rule = "be a mapping or a list of arrays"
            raise type_error(self._function, "weights", rule, weights) from None
        counts = [len(self._layout.names(leaf)) for leaf in self._leaves]
        if len(values) != sum(counts):
            rule = f"hold the {sum(counts)} arrays of the network"
            raise argument_error(self._function, "weights", rule, Shown(f"{len(values)} arrays"))
        place = iter(enumerate(values))
        for leaf in self._leaves:
            shorts = self._layout.names(leaf).values()
            numbered = {short: next(place) for short in shorts}
            arrays = {s: self._array(f"weights[{i}]", value) for s, (i, value) in numbered.items()}
            yield leaf, Group(f"weights[{min(i for i, _ in numbered.values())}:]", arrays)

    # ------------------------------------------------------------------ one layer

    def _fits(self, leaf: Leaf, group: Group) -> bool:
        """Tell whether a group can be a layer's, by names and shapes."""
        names = self._layout.names(leaf)
        shared = {own for own in names if f"{leaf.name}.{own}" in self._shared}
        required = {short for own, short in names.items() if own not in shared}
        if not required <= set(group.arrays) <= set(names.values()):
            return False
        return all(
            self._layout.turned(leaf, own, group.arrays[short]).shape == _spec(leaf, own).shape
            for own, short in names.items()
            if short in group.arrays
        )

    def _converted(self, leaf: Leaf, group: Group) -> Iterator[tuple[str, Array]]:
        """Yield a layer's arrays under our full names, in our layout."""
        names = self._layout.names(leaf)
        for short in group.arrays:
            if short not in names.values():
                rule = f"hold only what {leaf.name!r} has ({', '.join(names.values())})"
                raise argument_error(self._function, repr(group.prefix), rule, short)
        for own, short in names.items():
            full = f"{leaf.name}.{own}"
            if short in group.arrays:
                yield full, self._turned(leaf, own, group.arrays[short], f"{group.prefix}.{short}")
            elif full not in self._shared:
                rule = f"hold {short!r}, for our {full!r}"
                got = Shown(_listed(list(group.arrays)))
                raise argument_error(self._function, repr(group.prefix), rule, got)

    def _turned(self, leaf: Leaf, own: str, array: Array, name: str) -> Array:
        """Bring an array into our order of axes and of features."""
        turned, spec = self._layout.turned(leaf, own, array), _spec(leaf, own)
        if turned.shape != spec.shape:
            rule = (
                f"have {self._layout.title}'s shape for our {leaf.name + '.' + own!r}, "
                f"which is {spec.shape} here"
            )
            raise argument_error(self._function, repr(name), rule, array)
        if leaf.order is not None and self._layout.channels_first and _by_feature(leaf, own):
            turned = turned[leaf.order]
        return turned.astype(spec.dtype, copy=False)

    def _unshared(self, found: dict[str, Array]) -> dict[str, Array]:
        """Let go of the copies of shared parameters, which must be copies."""
        for name, owner in self._shared.items():
            if name in found and not np.array_equal(found.pop(name), found[owner], equal_nan=True):
                rule, got = f"equal that of {owner!r}, with which it is shared", Shown("another")
                raise argument_error(self._function, f"the array of {name!r}", rule, got)
        return found


def _spec(leaf: Leaf, own: str) -> ArraySpec:
    return leaf.params[own] if own in leaf.params else leaf.state[own]


def _by_feature(leaf: Leaf, own: str) -> bool:
    """Tell whether an array's first axis counts the features of the layer's input."""
    alone = all(len(spec.shape) == 1 for spec in leaf.params.values())
    return len(_spec(leaf, own).shape) > 1 or alone  # a product's rows, or a scale and the like


def _within(name: str, prefix: Any) -> bool:
    """Tell whether a prefix, of whole parts between dots, begins a name."""
    return prefix in ("", name) or name.startswith(f"{prefix}.")


def _mapped(name: str, names: Mapping[str, str]) -> str:
    """Exchange the longest prefix of a name that is mapped."""
    prefix = max((p for p in names if _within(name, p)), key=len, default=None)
    if prefix is None:
        return name
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


def _listed(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown}, ..." if len(names) > 5 else shown or "none"
