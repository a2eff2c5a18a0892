"""The layers of a network one by one, nested graphs resolved, with the arrays that each has."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from convstep.graph import Graph, NodeSpec
from convstep.nn.dense import Flatten
from convstep.nn.layer import Array, ArraySpec, Layer, Shape

Order = Array | None
"""For a row of features that were an image, where each one lies in a row with channels first."""


class Leaf(NamedTuple):
    """A layer with arrays that is no graph, under its full name."""

    name: str
    layer: Layer
    params: Mapping[str, ArraySpec]
    state: Mapping[str, ArraySpec]
    order: Order
    """Of the features of its input; None if channels first or last is no question there."""

    @property
    def arrays(self) -> dict[str, ArraySpec]:
        """Parameters and state."""
        return {**self.params, **self.state}


def leaves(graph: Graph, *inputs: ArraySpec) -> list[Leaf]:
    """Return the layers that have arrays, in the order in which they run."""
    return list(_leaves(graph, inputs, dict.fromkeys(graph.inputs), ""))


def all_shared(graph: Graph) -> dict[str, str]:
    """Return what a graph, and graphs in it, share: full names, and whose arrays they are."""
    found = {}
    for name, layer, _ in graph.nodes:
        if isinstance(layer, Graph):
            found.update(
                {f"{name}.{own}": f"{name}.{owner}" for own, owner in all_shared(layer).items()}
            )
    outer = dict(graph.shared)
    return {name: outer.get(owner, owner) for name, owner in found.items()} | outer


def _leaves(
    graph: Graph, inputs: tuple[ArraySpec, ...], orders: dict[str, Order], prefix: str
) -> Iterator[Leaf]:
    """Yield a graph's layers; note the order of each value in `orders`."""
    for found in graph.node_specs(*inputs):
        name, layer, names = found.node
        given = [orders[each] for each in names]
        if isinstance(layer, Graph):
            within = dict(zip(layer.inputs, given, strict=True))
            yield from _leaves(layer, found.inputs, within, f"{prefix}{name}.")
            orders[name] = within[layer.output]
        else:
            orders[name] = _order_after(found, given)
            params, state = found.spec.params, found.spec.state
            if params or state:
                yield Leaf(f"{prefix}{name}", layer, params, state, given[0])


def _order_after(found: NodeSpec, given: list[Order]) -> Order:
    """Follow the order of features through a layer that is no graph."""
    shapes = [each.shape for each in found.inputs]
    if isinstance(found.node.layer, Flatten) and len(shapes[0]) > 1:
        return _channels_first(shapes[0])
    if all(order is None for order in given) or any(len(shape) != 1 for shape in shapes):
        return None
    mixes = any(len(param.shape) > 1 for param in found.spec.params.values())
    if found.spec.output.shape == shapes[0] and not mixes:  # feature by feature
        return given[0]
    if found.spec.output.shape == (sum(length for (length,) in shapes),) and len(shapes) > 1:
        return _joined(shapes, given)
    return None


def _channels_first(shape: Shape) -> Array:
    """Return, for each feature of a flattened (..., C), its place in a flattened (C, ...)."""
    size = ArraySpec(shape, np.dtype(np.intp)).size
    places = np.arange(size).reshape(shape[-1], *shape[:-1])  # (C, ...)
    return np.moveaxis(places, 0, -1).reshape(-1)  # (..., C) -> (size,)


def _joined(shapes: list[Shape], given: list[Order]) -> Array:
    """Return the order of rows laid end to end."""
    parts, start = [], 0
    for (length,), order in zip(shapes, given, strict=True):
        parts.append(start + (np.arange(length) if order is None else order))
        start += length
    return np.concatenate(parts)
