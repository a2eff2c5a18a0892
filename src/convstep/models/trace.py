"""Every intermediate result of a network, forward and backward."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from convstep.errors import argument_error, type_error
from convstep.graph import Graph
from convstep.nn.layer import (
    Array,
    Arrays,
    ArraySpec,
    Backward,
    Forward,
    Inputs,
    Layer,
    LayerSpec,
    Needs,
)
from convstep.nn.losses import Loss, SoftmaxCrossEntropy
from convstep.nn.random import Key
from convstep.ops.checks import array, same_shape
from convstep.training.parameters import Weights

Named = Mapping[str, Array]
Derivation = Callable[[Array], tuple[float | None, Array]]
"""From a network's output to the loss, if there is one, and the gradient by the output."""


@dataclass(frozen=True)
class Trace:
    """What `Model.trace` found: read-only arrays by name.

    Attributes
    ----------
    values : mapping from name to ndarray
        What goes into the network, under the name of its input, and what each node makes:
        "conv1", "block1", "block1.conv1".
    grads : mapping from name to ndarray
        The gradients by these values; empty if none were asked for.
    param_grads : mapping from name to ndarray
        The gradients by the parameters.
    loss : float or None
        The loss, where there was a target.
    """

    values: Named
    grads: Named
    param_grads: Named
    loss: float | None


def trace(
    graph: Graph,
    weights: Weights,
    x: Array,
    derive: Derivation | None,
    *,
    training: bool,
    key: Key,
) -> Trace:
    """Run a graph on a batch; where `derive` gives a gradient by the output, backward too.

    Parameters
    ----------
    derive : Derivation or None
    key : Key
        Of the layers' random numbers.
    """
    recorder, params, loss = _Recorder(graph), weights.params, None
    if derive is None and not training:
        recorder.apply(params, weights.state, x)
    else:
        output, cache = recorder.forward(params, weights.state, x, training=training, rng=key)
        if derive is not None:
            loss, grad = derive(output)
            recorder.backward(params, cache, grad)
    return recorder.trace(loss)


class _Recorder:
    """Runs a graph with one input and keeps what passes by."""

    def __init__(self, graph: Graph) -> None:
        self.values: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.param_grads: dict[str, Array] = {}
        self._graph = self._watched(graph, "")

    def apply(self, params: Arrays, state: Arrays, x: Array) -> None:
        """Run forward as for inference."""
        self._enter(x)
        self._graph.apply(params, state, (x,))

    def forward(
        self, params: Arrays, state: Arrays, x: Array, *, training: bool, rng: Key
    ) -> tuple[Array, Any]:
        """Run forward; return the output and the cache."""
        self._enter(x)
        return self._graph.forward(params, state, (x,), training=training, rng=rng)[:2]

    def backward(self, params: Arrays, cache: Any, grad: Array) -> None:
        """Run backward, to the input and every parameter."""
        needs = Needs((True,), tuple(params))
        (dx,), found = self._graph.backward(params, cache, grad, needs=needs)
        self.param_grads = {name: found[name] for name in needs.params}
        if dx is not None:
            self.grads[self._graph.inputs[0]] = dx

    def trace(self, loss: float | None) -> Trace:
        """Return what was kept."""
        # Backward finds the last first; readers look for them in the order of the network.
        grads = {name: self.grads[name] for name in self.values if name in self.grads}
        return Trace(_sealed(self.values), _sealed(grads), _sealed(self.param_grads), loss)

    def _enter(self, x: Array) -> None:
        self.values[self._graph.inputs[0]] = x

    def _watched(self, graph: Graph, prefix: str) -> Graph:
        """Put a watcher around each layer, also within nested graphs."""
        nodes = []
        for name, layer, inputs in graph.nodes:
            whole = f"{prefix}{name}"
            inner = self._watched(layer, f"{whole}.") if isinstance(layer, Graph) else layer
            nodes.append((name, _Watched(inner, whole, self), inputs))
        return Graph(nodes, graph.output, graph.inputs, graph.shared)


@dataclass(frozen=True, eq=False)
class _Watched(Layer):
    """A layer that tells the recorder what it returns and which gradient comes back for that."""

    layer: Layer
    name: str
    recorder: _Recorder

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        return self.layer.spec(*inputs)

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        made = self.layer.forward(params, state, inputs, training=training, rng=rng)
        self.recorder.values[self.name] = made[0]
        return made

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        made = self.layer.apply(params, state, inputs)
        self.recorder.values[self.name] = made
        return made

    def backward(self, params: Arrays, cache: Any, grad: Array, *, needs: Needs) -> Backward:
        self.recorder.grads[self.name] = grad
        return self.layer.backward(params, cache, grad, needs=needs)


def checked_derivation(
    batch: int, target: Any, loss: Any, grad: Any, output: ArraySpec
) -> Derivation | None:
    """Check what `Model.trace` is to derive from, and return the function for `trace`."""
    name = "Model.trace"
    if grad is not None:
        if target is not None or loss is not None:
            rule = "be left out where target or loss is given"
            raise argument_error(name, "grad", rule, grad)
        given = array(name, "grad", grad, None)
        same_shape(name, "grad", given, (batch, *output.shape), "the output's")
        given = given.astype(output.dtype, copy=False)
        return lambda _: (None, given)
    if target is None:
        if loss is not None:
            raise argument_error(name, "loss", "come with a target", loss)
        return None
    loss = SoftmaxCrossEntropy() if loss is None else loss
    if not isinstance(loss, Loss):
        raise type_error(name, "loss", "be of class Loss", loss)
    wanted = loss.check(name, "target", target, output)
    if len(wanted) != batch or not batch:
        rule = f"have one target for each of the {batch} examples, and one at least"
        raise argument_error(name, "target", rule, wanted)
    return partial(loss.forward, target=wanted)


def _sealed(arrays: Named) -> Named:
    """Make a mapping that nobody can change, of views that nobody can write to."""
    sealed = {}
    for name, values in arrays.items():
        sealed[name] = values.view()
        sealed[name].flags.writeable = False
    return MappingProxyType(sealed)
