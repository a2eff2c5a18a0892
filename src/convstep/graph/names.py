"""Names of arrays in a graph: its node's name, a dot, the name in the node."""

from collections.abc import Mapping
from typing import TypeVar

_T = TypeVar("_T")


def by_node(arrays: Mapping[str, _T]) -> dict[str, dict[str, _T]]:
    """Sort "conv1.weight" and the like by node: {"conv1": {"weight": ...}}."""
    nodes: dict[str, dict[str, _T]] = {}
    for name, array in arrays.items():
        node, _, own = name.partition(".")
        nodes.setdefault(node, {})[own] = array
    return nodes


def prefixed(node: str, arrays: Mapping[str, _T]) -> dict[str, _T]:
    """Call a node's arrays by their names in the graph."""
    return {f"{node}.{name}": array for name, array in arrays.items()}
