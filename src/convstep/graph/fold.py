"""Batch normalisation folded into the layer before it: a network for inference."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from convstep.graph.graph import Graph
from convstep.graph.names import by_node, prefixed
from convstep.graph.sharing import spread
from convstep.nn.batch_norm import BatchNorm
from convstep.nn.conv import Conv2D, DepthwiseConv2D
from convstep.nn.conv_transpose import ConvTranspose2D
from convstep.nn.dense import Dense
from convstep.nn.layer import Array, Arrays, Layer
from convstep.nn.nodes import Node
from convstep.nn.separable import SeparableConv2D
from convstep.nn.signal import Conv1D

_LINEAR = (Conv1D, Conv2D, ConvTranspose2D, DepthwiseConv2D, SeparableConv2D, Dense)
"""Layers of a weight, a bias and an activation, whose output channels a scale can go into."""

Folded = tuple[Graph, dict[str, Array], dict[str, Array]]


def fold_batch_norm(graph: Graph, params: Arrays, state: Arrays) -> Folded:
    """Multiply each `BatchNorm` into the convolution or `Dense` that alone feeds it.

    ``conv(x) * scale + shift`` is a convolution with other weights, once the statistics do not
    change any more. The layer takes over the activation of the `BatchNorm`, and has a bias from
    then on.

    Parameters
    ----------
    graph : Graph
    params, state : mapping from name to ndarray
        The graph's arrays, which stay as they are.

    Returns
    -------
    graph, params, state : Graph, dict, dict
        A graph that computes for inference what the given one does, and its arrays; those that
        did not change are the given ones. A folded layer keeps its own name, and shares no
        parameters any more.

    Notes
    -----
    A `BatchNorm` stays where something else uses the value before it, too, or where there is an
    activation in between. Nested graphs are folded each for itself.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> from convstep.graph import Sequential, fold_batch_norm
    >>> graph = Sequential([nn.Conv2D(8, 3, bias=False), nn.BatchNorm(activation="relu")])
    >>> spec = graph.spec(nn.ArraySpec((6, 6, 1), np.dtype("float32")))
    >>> graph, params, state = fold_batch_norm(graph, *graph.init(nn.Key(0), spec))
    >>> [(node.name, node.layer.activation) for node in graph.nodes], sorted(params), state
    ([('conv1', 'relu')], ['conv1.bias', 'conv1.weight'], {})
    """
    params = dict(spread(graph.shared, params))
    folding = _Folding(graph, params, state)
    for node in graph.nodes:
        folding.add(node)
    shared = {
        name: owner
        for name, owner in graph.shared
        if all(folding.params.get(each) is params[each] for each in (name, owner))
    }
    folded = Graph(folding.nodes.values(), folding.renamed(graph.output), graph.inputs, shared)
    left = {name: array for name, array in folding.params.items() if name not in shared}
    return folded, left, folding.state


class _Folding:
    """The nodes of a graph that have been folded so far, with their arrays."""

    def __init__(self, graph: Graph, params: Arrays, state: Arrays) -> None:
        self.nodes: dict[str, Node] = {}
        self.params: dict[str, Array] = {}
        self.state: dict[str, Array] = {}
        self._uses = Counter(name for node in graph.nodes for name in node.inputs)
        self._given_params, self._given_state = by_node(params), by_node(state)
        self._names: dict[str, str] = {}

    def renamed(self, name: str) -> str:
        """Return the node that makes a value now."""
        return self._names.get(name, name)

    def add(self, node: Node) -> None:
        """Take a node over, or fold it into the one before it."""
        params = self._given_params.get(node.name, {})
        state = self._given_state.get(node.name, {})
        layer, inputs = node.layer, tuple(self.renamed(name) for name in node.inputs)
        if isinstance(layer, Graph):
            layer, params, state = fold_batch_norm(layer, params, state)
        elif isinstance(layer, BatchNorm) and self._takes(inputs[0], node.inputs[0]):
            self._fold(self.nodes[inputs[0]], layer, params, state)
            self._names[node.name] = inputs[0]
            return
        self._put(Node(node.name, layer, inputs), params)
        self.state.update(prefixed(node.name, state))

    def _takes(self, name: str, value: str) -> bool:
        """Tell whether a node's output is linear and goes nowhere else."""
        node = self.nodes.get(name)
        if node is None or self._uses[value] > 1:
            return False
        return isinstance(node.layer, _LINEAR) and node.layer.activation is None

    def _fold(self, node: Node, norm: BatchNorm, params: Arrays, state: Arrays) -> None:
        own = by_node(self.params)[node.name]
        layer: Any = node.layer
        scaled = _scaled(layer, own, norm, params, state)
        self._put(
            node._replace(layer=replace(layer, bias=True, activation=norm.activation)), scaled
        )

    def _put(self, node: Node, params: Arrays) -> None:
        self.nodes[node.name] = node
        self.params.update(prefixed(node.name, params))


def _scaled(
    layer: Layer, own: Arrays, norm: BatchNorm, params: Arrays, state: Arrays
) -> dict[str, Array]:
    """Return the weight and bias of a layer with the scale and shift of what follows it."""
    dtype = own["weight"].dtype
    wide = {name: array.astype(np.float64) for name, array in {**params, **state}.items()}
    scale = wide["weight"] / np.sqrt(wide["variance"] + norm.eps)
    bias = (own.get("bias", np.float64(0)) - wide["mean"]) * scale + wide["bias"]
    weight = own["weight"] * _spread_out(layer, own["weight"], scale)
    return {**own, "weight": weight.astype(dtype), "bias": bias.astype(dtype)}


def _spread_out(layer: Layer, weight: Array, scale: Array) -> Array:
    """Lay a number per output channel out along the weight's axes."""
    if not isinstance(layer, ConvTranspose2D):
        return scale
    # The weight's last axes are (out / groups, in): the inputs of a group share its outputs.
    by_group = scale.reshape(layer.groups, -1).T  # (out / groups, groups)
    return np.repeat(by_group, weight.shape[3] // layer.groups, axis=1)
