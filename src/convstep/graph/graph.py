"""`Graph`: named layers, joined by named edges; a layer itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from convstep.errors import ArgumentError, Shown, argument_error
from convstep.graph.names import by_node, prefixed
from convstep.graph.sharing import ParamGrads, Sharing, checked_sharing, merged, spread
from convstep.nn.layer import (
    MOST_NESTED,
    TOO_DEEP,
    Array,
    Arrays,
    ArraySpec,
    Backward,
    Forward,
    Initial,
    Inputs,
    Layer,
    LayerSpec,
    Needs,
    layer_from_config,
    register_layer,
    require_memory,
)
from convstep.nn.nodes import Node, checked_names, ordered_nodes
from convstep.nn.random import Key
from convstep.ops.elementwise import add

_T = TypeVar("_T")

INPUT = "x"
"""What a graph with one input calls it."""


class NodeSpec(NamedTuple):
    """A node with the specs of what goes into it, and what it makes of them."""

    node: Node
    inputs: tuple[ArraySpec, ...]
    spec: LayerSpec


@register_layer
@dataclass(frozen=True, init=False)
class Graph(Layer):
    """Layers joined into a network with one output.

    Parameters
    ----------
    nodes : iterable of (name, layer, inputs)
        `inputs` are the names of graph inputs or of other nodes; a single name may stand alone.
        The order does not matter; it is kept where the edges allow.
    output : str
        The node whose value the graph returns.
    inputs : str or iterable of str
        The names of the graph's own inputs.
    shared : mapping from name to name
        ``{"decoder.weight": "encoder.weight"}``: the first parameter is the second one. It is
        listed, trained and saved under the second name alone, with the sum of both gradients.
        Either may lie in a nested graph ("block1.conv1.weight").

    Raises
    ------
    ArgumentError
        If a name is taken twice, unknown or malformed, if nodes wait for each other in a
        circle, if a node or an input leads nowhere, if graphs are nested too deeply, or if
        `shared` breaks a rule. `spec` finds shared names that no parameter has, and those whose
        shapes or dtypes differ.

    Examples
    --------
    >>> from convstep import nn
    >>> from convstep.graph import Graph
    >>> graph = Graph([("hidden", nn.Dense(16), "x"), ("scores", nn.Dense(10), "hidden")], "scores")
    >>> [node.name for node in graph.nodes]
    ['hidden', 'scores']
    """

    label: ClassVar[str] = "block"

    nodes: tuple[Node, ...]
    output: str
    inputs: tuple[str, ...]
    shared: Sharing
    _last_uses: dict[str, list[str]] = field(repr=False, compare=False)
    _depth: int = field(repr=False, compare=False)

    def __init__(
        self,
        nodes: Iterable[tuple[str, Layer, str | Iterable[str]]],
        output: str,
        inputs: str | Iterable[str] = INPUT,
        shared: Mapping[str, str] | Sharing = (),
    ) -> None:
        """Check the names, put the nodes in order, and see where each value is used last."""
        inputs = checked_names("inputs", inputs)
        ordered = ordered_nodes(nodes, inputs, output)
        last_user = {name: node.name for node in ordered for name in node.inputs}
        last_uses: dict[str, list[str]] = {node.name: [] for node in ordered}
        for name, user in last_user.items():
            last_uses[user].append(name)
        within = [node.layer._depth for node in ordered if isinstance(node.layer, Graph)]
        depth = max(within, default=0) + 1
        if depth > MOST_NESTED:
            raise argument_error("Graph", "nodes", *TOO_DEEP)
        self._settle(
            nodes=ordered,
            output=output,
            inputs=inputs,
            shared=checked_sharing(shared),
            _last_uses=last_uses,
            _depth=depth,
        )

    # ------------------------------------------------------------------ the layer's contract

    def spec(self, *inputs: ArraySpec) -> LayerSpec:
        """Infer shapes and dtypes, node by node."""
        params: dict[str, ArraySpec] = {}
        state: dict[str, ArraySpec] = {}
        specs = self.node_specs(*inputs)
        for node, _, spec in specs:
            params.update(prefixed(node.name, spec.params))
            state.update(prefixed(node.name, spec.state))
        params = merged(self.shared, params)
        require_memory("Graph", "its parameters and state", *params.values(), *state.values())
        return LayerSpec(specs[-1].spec.output, params, state)

    def init(self, rng: Key, spec: LayerSpec) -> Initial:
        """Let each node make its arrays."""
        params: dict[str, Array] = {}
        state: dict[str, Array] = {}
        own_params, own_state = self._params_by_node(spec.params), by_node(spec.state)
        for node in self.nodes:
            # `init` looks at arrays only, so the output may stay the graph's.
            own = spec._replace(
                params=own_params.get(node.name, {}), state=own_state.get(node.name, {})
            )
            first_params, first_state = node.layer.init(rng.child(node.name), own)
            params.update(prefixed(node.name, first_params))
            state.update(prefixed(node.name, first_state))
        return {name: params[name] for name in spec.params}, state

    def forward(
        self, params: Arrays, state: Arrays, inputs: Inputs, *, training: bool, rng: Key | None
    ) -> Forward:
        """Run the nodes in order; the cache holds theirs, by name."""
        own_params, own_state = self._params_by_node(params), by_node(state)
        values = self._bind(inputs)
        del inputs  # or they would live on while the nodes compute
        caches: dict[str, Any] = {}
        new_state: dict[str, Array] = {}
        for node in self.nodes:
            with _located(node):
                values[node.name], caches[node.name], after = node.layer.forward(
                    own_params.get(node.name, {}),
                    own_state.get(node.name, {}),
                    self._take(values, node),
                    training=training,
                    rng=rng and rng.child(node.name),
                )
            new_state.update(prefixed(node.name, after))
        return values[self.output], caches, new_state

    def apply(self, params: Arrays, state: Arrays, inputs: Inputs) -> Array:
        """Run the nodes in order, and keep no value longer than it is used."""
        own_params, own_state = self._params_by_node(params), by_node(state)
        values = self._bind(inputs)
        del inputs  # or they would live on while the nodes compute
        for node in self.nodes:
            with _located(node):
                values[node.name] = node.layer.apply(
                    own_params.get(node.name, {}),
                    own_state.get(node.name, {}),
                    self._take(values, node),
                )
        return values[self.output]

    def backward(
        self,
        params: Arrays,
        cache: Any,
        grad: Array,
        *,
        needs: Needs,
        out: Mapping[str, Array] | None = None,
        on_grad: Callable[[str], None] | None = None,
    ) -> Backward:
        """Run the nodes in reverse order, each cache let go as soon as it is used.

        Parameters
        ----------
        out : mapping from name to ndarray, optional
            Where to write the parameters' gradients; without it they are new arrays.
        on_grad : callable, optional
            Called with a parameter's name when its gradient is final, in an order that only
            the graph decides: from its last node to its first. That of a shared parameter is
            final with the first node that has it.
        """
        if not cache:
            rule = "be one that no backward has used"
            raise argument_error("Graph.backward", "cache", rule, cache, "Run forward again.")
        own_params = self._params_by_node(params)
        node_needs, value_needs = self._plan(needs)
        grads = {self.output: grad} if value_needs[self.output] else {}
        del grad  # here and below: what is still named lives on while the nodes compute
        param_grads = ParamGrads(needs.params, self.shared, out, on_grad)
        for node in reversed(self.nodes):
            if node.name not in grads:  # nothing from here to the inputs is wanted
                del cache[node.name]
                continue
            input_grads, own_grads = node.layer.backward(
                own_params.get(node.name, {}),
                cache.pop(node.name),
                grads.pop(node.name),
                needs=node_needs[node.name],
            )
            _add_up(grads, node, input_grads, value_needs)
            param_grads.add(prefixed(node.name, own_grads))
            del input_grads, own_grads
        return tuple(grads.get(name) for name in self.inputs), param_grads.found

    def multiply_adds(self, *inputs: ArraySpec) -> int:
        """Add up what the nodes cost."""
        return sum(node.layer.multiply_adds(*given) for node, given, _ in self.node_specs(*inputs))

    def to_config(self) -> dict[str, Any]:
        """Describe the graph in values that JSON knows."""
        nodes = [
            {"name": node.name, "layer": node.layer.to_config(), "inputs": list(node.inputs)}
            for node in self.nodes
        ]
        own = {"inputs": list(self.inputs), "nodes": nodes, "output": self.output}
        shared = {"shared": dict(self.shared)} if self.shared else {}
        return {"type": "Graph", **own, **shared}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make the graph from what `to_config` or JSON gives."""
        try:
            nodes = [
                (node["name"], layer_from_config(node["layer"]), node["inputs"])
                for node in config["nodes"]
            ]
            return cls(nodes, config["output"], config["inputs"], config.get("shared", ()))
        except (KeyError, TypeError) as error:
            if isinstance(error, ArgumentError):  # our own, which says more
                raise
            rule = "have inputs, nodes (each with a name, a layer and inputs) and an output"
            raise argument_error("Graph", "its description", rule, config) from error

    # ------------------------------------------------------------------ the nodes

    def node_specs(self, *inputs: ArraySpec) -> list[NodeSpec]:
        """Infer what goes into each node and what it makes of it, in the order of `nodes`.

        Raises
        ------
        ArgumentError
            Where a layer cannot take what it gets; the message names the node. Also where an
            array would be larger than any memory.
        """
        values = self._bind(inputs)
        for name, value in values.items():
            require_memory("Graph", f"the input {name!r}", value)
        specs = []
        for node in self.nodes:
            given = tuple(values[name] for name in node.inputs)
            with _located(node):
                spec = node.layer.spec(*given)
                require_memory(type(node.layer).__name__, "its output", spec.output)
            values[node.name] = spec.output
            specs.append(NodeSpec(node, given, spec))
        return specs

    def _bind(self, inputs: tuple[_T, ...]) -> dict[str, _T]:
        """Give the inputs their names."""
        if len(inputs) != len(self.inputs):
            rule = f"be {len(self.inputs)} ({', '.join(self.inputs)})"
            raise argument_error("Graph", "inputs", rule, Shown(f"{len(inputs)} inputs"))
        return dict(zip(self.inputs, inputs, strict=True))

    def _params_by_node(self, params: Mapping[str, _T]) -> dict[str, dict[str, _T]]:
        """Sort parameters by node, shared ones to all that have them."""
        return by_node(spread(self.shared, params))

    def _take(self, values: dict[str, Array], node: Node) -> Inputs:
        """Hand over what goes into a node; what no later one uses is the node's alone then."""
        given = tuple(values[name] for name in node.inputs)
        for name in self._last_uses[node.name]:
            del values[name]
        return given

    def _plan(self, needs: Needs) -> tuple[dict[str, Needs], dict[str, bool]]:
        """Decide which gradients each node computes, and which values need one."""
        wanted = self._params_by_node(dict.fromkeys(needs.params))
        values = dict(zip(self.inputs, needs.inputs, strict=True))
        nodes = {}
        for node in self.nodes:
            own = Needs(
                tuple(values[name] for name in node.inputs), tuple(wanted.get(node.name, ()))
            )
            nodes[node.name] = own
            values[node.name] = any(own.inputs) or bool(own.params)
        return nodes, values


def _add_up(
    grads: dict[str, Array],
    node: Node,
    input_grads: tuple[Array | None, ...],
    wanted: dict[str, bool],
) -> None:
    """Add the gradients of a node's inputs to those that came from other nodes."""
    for name, grad in zip(node.inputs, input_grads, strict=True):
        if wanted[name] and grad is not None:
            grads[name] = add(grads[name], grad) if name in grads else grad


@contextmanager
def _located(node: Node) -> Iterator[None]:
    """Put the node's name before an error that comes from its layer."""
    try:
        yield
    except ArgumentError as error:
        kind = type(node.layer).__name__
        text = str(error).removeprefix(f"{kind}: ")
        nested = isinstance(node.layer, Graph) and text == str(error)
        where = f"{node.name}." if nested else f"{node.name} ({kind}): "
        raise type(error)(where + text) from None
