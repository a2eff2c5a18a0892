"""Parameters that several layers share: one array under one name, its gradients summed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import numpy as np

from convstep.errors import Shown, argument_error, near, type_error
from convstep.nn.layer import Array, ArraySpec

_T = TypeVar("_T")

Sharing = tuple[tuple[str, str], ...]
"""Pairs (name, whose parameter that is), in the order of the names."""


def checked_sharing(shared: Any) -> Sharing:
    """Check the form of what `Graph` is told, and write it out as pairs."""
    try:
        pairs = dict(shared)
    except (TypeError, ValueError):
        pairs = {None: None}
    for name, owner in pairs.items():
        if not isinstance(name, str) or not isinstance(owner, str):
            rule = 'be a mapping of names of parameters, such as {"a.weight": "b.weight"}'
            raise type_error("Graph", "shared", rule, shared)
        if owner in pairs:
            rule = "lead to parameters that are not shared away themselves"
            raise argument_error("Graph", "shared", rule, owner)
    return tuple(sorted(pairs.items()))


def merged(shared: Sharing, params: dict[str, ArraySpec]) -> dict[str, ArraySpec]:
    """Check that shared parameters are there and alike; return the others and their owners."""
    for name in (name for pair in shared for name in pair):
        if name not in params:
            close = near(name, params)
            advice = f"Names like it: {', '.join(close)}." if close else ""
            raise argument_error("Graph", "shared", "name parameters of its nodes", name, advice)
    for name, owner in shared:
        if params[name] != params[owner]:
            shape, dtype = params[owner]
            rule = f"have the shape and dtype of {owner!r}, {shape} and {dtype}"
            got = Shown(f"shape {params[name].shape} and {params[name].dtype}")
            raise argument_error("Graph", f"the shared {name!r}", rule, got)
    away = {name for name, _ in shared}
    return {name: spec for name, spec in params.items() if name not in away}


def spread(shared: Sharing, values: Mapping[str, _T]) -> Mapping[str, _T]:
    """Give what belongs to shared parameters to each of their names."""
    if not shared:
        return values
    return {**values, **{name: values[owner] for name, owner in shared if owner in values}}


class ParamGrads:
    """The gradients of a graph's parameters, as they come, those of shared ones summed up.

    Parameters
    ----------
    wanted : iterable of str
        The parameters whose gradients are wanted.
    shared : Sharing
    out : mapping from name to ndarray, optional
        Where to write the gradients.
    on_grad : callable, optional
        Called with a parameter's name when its gradient is final.

    Attributes
    ----------
    found : dict from name to ndarray
        The gradients, each under its owner's name.
    """

    def __init__(
        self,
        wanted: Iterable[str],
        shared: Sharing,
        out: Mapping[str, Array] | None,
        on_grad: Callable[[str], None] | None,
    ) -> None:
        self.found: dict[str, Array] = {}
        self._owners = dict(shared)
        self._out = out
        self._on_grad = on_grad
        # A nested graph's, in every step: there is nothing to copy, to sum or to tell.
        self._plain = not shared and out is None and on_grad is None
        self._missing = Counter(map(self._owner, spread(shared, dict.fromkeys(wanted))))

    def add(self, grads: Mapping[str, Array]) -> None:
        """Take the gradients that one node has of its parameters."""
        if self._plain:
            self.found.update(grads)
            return
        for name, grad in grads.items():
            owner = self._owner(name)
            self.found[owner] = self._placed(owner, grad)
            self._missing[owner] -= 1
            if self._on_grad and not self._missing[owner]:
                self._on_grad(owner)

    def _owner(self, name: str) -> str:
        return self._owners.get(name, name)

    def _placed(self, name: str, grad: Array) -> Array:
        """Put a gradient, or the sum with what came before, where it is wanted."""
        if name in self.found:
            # Not in place: what a layer returns may be a view of something else.
            grad = self.found[name] + grad
        if self._out is None:
            return grad
        np.copyto(self._out[name], grad)
        return self._out[name]
