"""`Sequential`, which builds a `Graph` of layers in a row."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from convstep.errors import argument_error, type_error
from convstep.graph.graph import INPUT, Graph
from convstep.nn.checks import items
from convstep.nn.layer import Layer
from convstep.nn.nodes import Node

_LAYERS = "be layers, or pairs (name, layer)"


def Sequential(layers: Iterable[Layer | tuple[str, Layer]]) -> Graph:
    """Join layers in a row.

    Parameters
    ----------
    layers : iterable of Layer or (name, Layer)
        A layer without a name is called after its kind: conv1, pool1, conv2, ...

    Returns
    -------
    Graph

    Examples
    --------
    >>> from convstep import nn
    >>> from convstep.graph import Sequential
    >>> graph = Sequential([nn.Conv2D(8, 3), nn.MaxPool2D(2), nn.Flatten(), nn.Dense(10)])
    >>> [node.name for node in graph.nodes]
    ['conv1', 'pool1', 'flatten1', 'dense1']
    """
    counts: Counter[str] = Counter()
    nodes: list[Node] = []
    for item in items("Sequential", "layers", layers, _LAYERS):
        name, layer = _named(item, counts)
        nodes.append(Node(name, layer, (nodes[-1].name if nodes else INPUT,)))
    if not nodes:
        raise argument_error("Sequential", "layers", "hold at least one layer", nodes)
    return Graph(nodes, nodes[-1].name)


def _named(item: Any, counts: Counter[str]) -> tuple[str, Layer]:
    """Return a layer with its name, made from its kind and how many of that came before."""
    name, layer = item if isinstance(item, tuple) and len(item) == 2 else (None, item)
    if not isinstance(layer, Layer):
        raise type_error("Sequential", "layers", _LAYERS, item)
    counts[layer.label] += 1
    return name or f"{layer.label}{counts[layer.label]}", layer
