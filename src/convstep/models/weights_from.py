"""Weights that another framework trained: found, turned round, checked."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convstep.errors import ArgumentError, Shown, argument_error, type_error
from convstep.models.layouts import Layout
from convstep.models.leaves import Leaf
from convstep.models.pairing import Group, Names, listed, paired
from convstep.nn.layer import Array
from convstep.ops.checks import array as real_array


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
        self._leaves = {leaf.name: leaf for leaf in network}
        self._shared = shared

    def load(self, weights: Any, names: Names = None) -> dict[str, Array]:
        """Return the network's arrays under our names, all of them checked."""
        if isinstance(weights, Mapping):
            groups = paired(
                self._function, list(self._leaves), self._groups(weights), names, self._misfit
            )
        else:
            groups = self._in_a_row(weights, names)
        found: dict[str, Array] = {}
        for leaf, group in zip(self._leaves.values(), groups, strict=True):
            found.update(self._converted(leaf, group))
        return self._unshared(found)

    def _groups(self, weights: Mapping[Any, Any]) -> dict[str, Group]:
        """Sort named arrays by layer, in their order."""
        groups: dict[str, Group] = {}
        for name, value in weights.items():
            if not isinstance(name, str):
                raise type_error(self._function, "names of arrays", "be str", name)
            prefix, _, short = self._layout.plain(name).rpartition(".")
            if short not in self._layout.ignored:
                group = groups.setdefault(prefix, Group(prefix, {}))
                group.arrays[short] = self._array(repr(name), value)
        return groups

    def _in_a_row(self, weights: Any, names: Names) -> list[Group]:
        """Take arrays without names, in the order of the layers and of each layer's arrays."""
        if names is not None:
            raise argument_error(self._function, "names", "come with named weights", names)
        try:
            given = list(weights)
        except TypeError:
            rule = "be a mapping or a list of arrays"
            raise type_error(self._function, "weights", rule, weights) from None
        values = [self._array(f"weights[{i}]", value) for i, value in enumerate(given)]
        shorts = [list(self._layout.names(leaf).values()) for leaf in self._leaves.values()]
        count = sum(map(len, shorts))
        if len(values) != count:
            rule = f"hold the {count} arrays of the network"
            raise argument_error(self._function, "weights", rule, Shown(f"{len(values)} arrays"))
        arrays = iter(values)
        return [Group("weights", {short: next(arrays) for short in own}) for own in shorts]

    def _array(self, argument: str, value: Any) -> Array:
        """Take an array, or whatever NumPy makes one of, tensors among them."""
        try:
            value = value.detach() if hasattr(value, "detach") else value
            value = np.asarray(value)
        except (TypeError, RuntimeError) as error:
            rule = "be an array, or a tensor that NumPy can read"
            advice = "Of any other tensor, give tensor.float().cpu()."
            got = Shown(f"a {type(value).__name__}")
            raise type_error(self._function, argument, rule, got, advice) from error
        return real_array(self._function, argument, value, None)

    # ------------------------------------------------------------------ one layer

    def _misfit(self, name: str, group: Group) -> ArgumentError | None:
        """Return what speaks against a group being a layer's."""
        try:
            self._converted(self._leaves[name], group)
        except ArgumentError as error:
            return error
        return None

    def _converted(self, leaf: Leaf, group: Group) -> dict[str, Array]:
        """Return a layer's arrays under our full names, in our layout."""
        names = self._layout.names(leaf)
        for short in group.arrays:
            if short not in names.values():
                rule = f"hold only what {leaf.name!r} has ({', '.join(names.values())})"
                raise argument_error(self._function, repr(group.prefix), rule, short)
        found = {}
        for own, short in names.items():
            full = f"{leaf.name}.{own}"
            if short in group.arrays:
                found[full] = self._turned(
                    leaf, own, f"{group.prefix}.{short}", group.arrays[short]
                )
            elif full not in self._shared:
                rule = f"hold {short!r}, for our {full!r}"
                got = Shown(listed(list(group.arrays)))
                raise argument_error(self._function, repr(group.prefix), rule, got)
        return found

    def _turned(self, leaf: Leaf, own: str, name: str, array: Array) -> Array:
        """Bring an array into our order of axes and of features."""
        turned, spec = self._layout.turned(leaf, own, array), leaf.arrays[own]
        if turned.shape != spec.shape:
            ours = f"our {leaf.name + '.' + own!r}, which is {spec.shape} here"
            rule = f"have {self._layout.title}'s shape for {ours}"
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


def _by_feature(leaf: Leaf, own: str) -> bool:
    """Tell whether an array's first axis counts the features of the layer's input."""
    alone = all(len(spec.shape) == 1 for spec in leaf.params.values())
    return len(leaf.arrays[own].shape) > 1 or alone  # a product's rows, or a scale and the like
