"""The wiring of a graph: its nodes, and the checks of the names that join them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from convstep.errors import Shown, argument_error, nearest, type_error
from convstep.nn.layer import Layer


class Node(NamedTuple):
    """A layer in a graph, under a name, and the names of the values that go into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


def ordered_nodes(nodes: Iterable[Any], inputs: tuple[str, ...], output: Any) -> tuple[Node, ...]:
    """Check a graph's nodes, and put each behind those that it needs; the output comes last."""
    checked = [_node(node) for node in nodes]
    names = [*inputs, *(node.name for node in checked)]
    for name, count in Counter(names).items():
        if count > 1:
            raise argument_error("Graph", "names", "differ from each other", name)
    for node in checked:
        _check_known(node, names)
    ordered = _ordered(checked, inputs)
    _check_all_used(ordered, inputs, output)
    return tuple(ordered)


def checked_names(argument: str, value: Any) -> tuple[str, ...]:
    """Check names: one, or several."""
    names = (value,) if isinstance(value, str) else tuple(value)
    for name in names:
        if not isinstance(name, str) or not name or {".", "/"} & set(name):
            rule = 'be names without "." and "/"'
            raise type_error("Graph", argument, rule, name)
    return names


def _node(node: Any) -> Node:
    """Check a node's form."""
    if not isinstance(node, tuple) or len(node) != 3 or not isinstance(node[1], Layer):
        raise type_error("Graph", "nodes", "be triples (name, layer, inputs)", node)
    name, layer, inputs = node
    (name,) = checked_names("node names", name)
    return Node(name, layer, checked_names(f"the inputs of {name!r}", inputs))


def _ordered(nodes: list[Node], inputs: tuple[str, ...]) -> list[Node]:
    """Put each node behind those that it needs."""
    ready, ordered, waiting = set(inputs), list[Node](), list(nodes)
    while waiting:
        node = next((node for node in waiting if ready.issuperset(node.inputs)), None)
        if node is None:
            names = ", ".join(node.name for node in waiting)
            rule = "not wait for each other in a circle"
            raise argument_error("Graph", "nodes", rule, Shown(f"a circle among {names}"))
        waiting.remove(node)
        ready.add(node.name)
        ordered.append(node)
    return ordered


def _check_known(node: Node, known: list[str]) -> None:
    """Check that the values that a node wants exist."""
    for name in node.inputs:
        if name not in known:
            guess = nearest(name, known)
            raise argument_error(
                "Graph",
                f"the inputs of {node.name!r}",
                f"be names in the graph ({', '.join(known)})",
                name,
                f"Did you mean {guess!r}?" if guess else "",
            )


def _check_all_used(ordered: list[Node], inputs: tuple[str, ...], output: Any) -> None:
    """Check that every node and input leads to the output, which then is the last node."""
    names = [node.name for node in ordered]
    if output not in names:
        rule = f"be the name of a node ({', '.join(names)})"
        raise argument_error("Graph", "output", rule, output)
    used = {output}
    for node in reversed(ordered):
        if node.name in used:
            used.update(node.inputs)
    for name in (*inputs, *names):
        if name not in used:
            kind = "node" if name in names else "input"
            advice = f"Use it, or leave it out; the output is {output!r}."
            raise argument_error("Graph", f"every {kind}", "lead to the output", name, advice)
