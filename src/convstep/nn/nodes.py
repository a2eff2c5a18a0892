"""The wiring of a graph: its nodes, and the checks of the names that join them."""

import heapq
import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from convstep.errors import Shown, argument_error, nearest, type_error
from convstep.nn.checks import items
from convstep.nn.layer import Layer

_NAMES = 'be names without "." and "/"'
_TRIPLES = "be triples (name, layer, inputs)"
_MOST_LISTED = 20


class Node(NamedTuple):
    """A layer in a graph, under a name, and the names of the values that go into it."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


def ordered_nodes(nodes: Iterable[Any], inputs: tuple[str, ...], output: Any) -> tuple[Node, ...]:
    """Check a graph's nodes, and put each behind those that it needs; the output comes last."""
    checked = [_node(node) for node in items("Graph", "nodes", nodes, _TRIPLES)]
    names = Counter([*inputs, *(node.name for node in checked)])
    for name, count in names.items():
        if count > 1:
            raise argument_error("Graph", "names", "differ from each other", name)
    for node in checked:
        _check_known(node, names)
    ordered = _ordered(checked, inputs)
    _check_all_used(ordered, inputs, output)
    return tuple(ordered)


def checked_names(argument: str, value: Any) -> tuple[str, ...]:
    """Check names: one, or several."""
    names = (value,) if isinstance(value, str) else items("Graph", argument, value, _NAMES)
    for name in names:
        _check_name(argument, name)
    return names


def _check_name(argument: str, name: Any) -> None:
    """Check one name."""
    if not isinstance(name, str) or not name or {".", "/"} & set(name):
        raise type_error("Graph", argument, _NAMES, name)


def _node(node: Any) -> Node:
    """Check a node's form."""
    if not isinstance(node, tuple) or len(node) != 3 or not isinstance(node[1], Layer):
        raise type_error("Graph", "nodes", _TRIPLES, node)
    name, layer, inputs = node
    _check_name("node names", name)
    return Node(name, layer, checked_names(f"the inputs of {name!r}", inputs))


def _ordered(nodes: list[Node], inputs: tuple[str, ...]) -> list[Node]:
    """Put each node behind those that it needs: of all that are ready, always the first."""
    missing = [set(node.inputs).difference(inputs) for node in nodes]
    users = defaultdict[str, list[int]](list)
    for place, names in enumerate(missing):
        for name in names:
            users[name].append(place)
    ready = [place for place, names in enumerate(missing) if not names]  # sorted, so a heap
    ordered = list[Node]()
    while ready:
        node = nodes[heapq.heappop(ready)]
        ordered.append(node)
        for place in users[node.name]:
            missing[place].remove(node.name)
            if not missing[place]:
                heapq.heappush(ready, place)
    if len(ordered) < len(nodes):
        waiting = [node.name for node, names in zip(nodes, missing, strict=True) if names]
        rule = "not wait for each other in a circle"
        raise argument_error("Graph", "nodes", rule, Shown(f"a circle among {_listed(waiting)}"))
    return ordered


def _check_known(node: Node, known: Collection[str]) -> None:
    """Check that the values that a node wants exist."""
    for name in node.inputs:
        if name not in known:
            guess = nearest(name, known)
            raise argument_error(
                "Graph",
                f"the inputs of {node.name!r}",
                f"be names in the graph ({_listed(known)})",
                name,
                f"Did you mean {guess!r}?" if guess else "",
            )


def _check_all_used(ordered: list[Node], inputs: tuple[str, ...], output: Any) -> None:
    """Check that every node and input leads to the output, which then is the last node."""
    names = [node.name for node in ordered]
    if output not in names:
        rule = f"be the name of a node ({_listed(names)})"
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


def _listed(names: Collection[str]) -> str:
    """Write names for a message; of many, the first."""
    shown = ", ".join(itertools.islice(names, _MOST_LISTED))
    return f"{shown}, ..." if len(names) > _MOST_LISTED else shown
