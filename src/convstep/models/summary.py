"""A table of a network: layers, shapes, parameters, cost. No weights are made for it."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from convstep.graph import Graph
from convstep.graph.names import by_node
from convstep.nn.layer import ArraySpec, Shape


class Row(NamedTuple):
    """One layer of a network, as a summary shows it."""

    name: str
    kind: str
    shape: Shape
    parameters: int
    multiply_adds: int


def rows(graph: Graph, *inputs: ArraySpec, counted: Collection[str] | None = None) -> Iterator[Row]:
    """Yield a row per layer, those of nested graphs under names such as "block1.conv1".

    `counted` are the parameters to count, the graph's own if None: those that it lists, so that
    shared ones count once.
    """
    own = by_node(dict.fromkeys(graph.spec(*inputs).params if counted is None else counted))
    for node, given, spec in graph.node_specs(*inputs):
        names = own.get(node.name, {})
        if isinstance(node.layer, Graph):
            for row in rows(node.layer, *given, counted=names):
                yield row._replace(name=f"{node.name}.{row.name}")
            continue
        parameters = sum(spec.params[name].size for name in names)
        cost = node.layer.multiply_adds(*given)
        yield Row(node.name, type(node.layer).__name__, spec.output.shape, parameters, cost)


def summary(graph: Graph, *inputs: ArraySpec) -> str:
    """Draw the table."""
    layers = list(rows(graph, *inputs))
    cells = [("layer", "kind", "output", "parameters", "multiply-adds")]
    cells += [(INPUT_ROW, "", _shape(spec.shape), "", "") for spec in inputs]
    cells += [
        (row.name, row.kind, _shape(row.shape), f"{row.parameters:,}", f"{row.multiply_adds:,}")
        for row in layers
    ]
    parameters = sum(row.parameters for row in layers)
    cost = sum(row.multiply_adds for row in layers)
    cells += [("total", "", "", f"{parameters:,}", f"{cost:,}")]
    widths = [max(len(cell[column]) for cell in cells) for column in range(5)]
    lines = [
        "  ".join(
            text.ljust(width) if column < 3 else text.rjust(width)
            for column, (text, width) in enumerate(zip(cell, widths, strict=True))
        ).rstrip()
        for cell in cells
    ]
    rule = "-" * max(map(len, lines))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


INPUT_ROW = "input"


def _shape(shape: Shape) -> str:
    return " x ".join(map(str, shape))
