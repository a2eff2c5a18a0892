"""The lines of `convstep.loops`, and in which order they are executed.

The page shows the very lines of the definition. Here they are read, and taken apart into a tree:
each node is a line, a loop over lines, or a line that calls another of the eight functions. From
sizes alone the page then knows which line is executed at any time, without running anything.
"""

import ast
import inspect
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from convstep import loops

__all__ = ["OPERATIONS", "program"]

Node = dict[str, Any]

OPERATIONS = {
    "zero_pad": ("zero_pad", None),
    "conv_forward": ("conv_forward", None),
    "conv_backward": ("conv_backward", None),
    "max_pool_forward": ("pool_forward", "max"),
    "max_pool_backward": ("pool_backward", "max"),
    "average_pool_forward": ("pool_forward", "average"),
    "average_pool_backward": ("pool_backward", "average"),
}
"""The tabs of the page: which function each shows, and in which mode."""

_STEPPED_INTO = ("conv_single_step", "create_mask_from_window", "distribute_value")
_CELLS = (("i", "m"), ("h", "n_H"), ("w", "n_W"), ("c", "n_C"))


@cache
def program(operation: str) -> Node:
    """Describe the function of one of `OPERATIONS`.

    Returns
    -------
    dict
        ``"function"``: its name. ``"listings"``: for it and each function that is stepped into, the
        lines without the docstring, as pairs of number and text. ``"body"``: the nodes,
        ``{"line", "sets"}`` for a line and the names it gives values to; with ``"loop"``,
        ``"over"`` and ``"body"`` for a loop; with ``"call"`` and ``"body"`` where another function
        is run through before the line is done; with ``"nan"`` for the line that is executed
        in its place where the window holds a NaN.

    Examples
    --------
    >>> found = program("conv_forward")
    >>> number, text = found["listings"]["conv_forward"][0]
    >>> text
    'def conv_forward(A_prev, W, b, hparameters):'
    """
    function, mode = OPERATIONS[operation]
    definitions = _definitions()
    reader = _Reader(definitions, mode)
    body = list(reader.nodes(_statements(definitions[function])))
    if function == "zero_pad":  # one line does it all: the page goes through its cells
        for name, over in reversed(_CELLS):
            body = [{"loop": name, "over": over, "body": body}]
    called = [name for name in _STEPPED_INTO if _calls(body, name)]
    listings = {name: _listing(definitions[name]) for name in (function, *called)}
    return {"function": function, "listings": listings, "body": body}


@cache
def _definitions() -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(loops))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _statements(function: ast.FunctionDef) -> Sequence[ast.stmt]:
    """The body without the docstring."""
    return function.body[1 if ast.get_docstring(function) else 0 :]


def _listing(function: ast.FunctionDef) -> list[tuple[int, str]]:
    """The lines of a function but for its docstring, which stands on a page of its own."""
    source = inspect.getsource(loops).splitlines()
    assert function.end_lineno is not None
    docstring = function.body[0]
    assert docstring.end_lineno is not None
    return [
        (number, source[number - 1])
        for number in range(function.lineno, function.end_lineno + 1)
        if not docstring.lineno <= number <= docstring.end_lineno
    ]


def _calls(nodes: Sequence[Node], name: str) -> bool:
    return any(node.get("call") == name or _calls(node.get("body", ()), name) for node in nodes)


class _Reader:
    """Turns statements into nodes, for one mode of pooling."""

    def __init__(self, definitions: dict[str, ast.FunctionDef], mode: str | None) -> None:
        self.definitions = definitions
        self.mode = mode

    def nodes(self, statements: Sequence[ast.stmt]) -> Iterator[Node]:
        """Go through the statements that are executed."""
        rest = list(statements)
        while rest:
            statement = rest.pop(0)
            if isinstance(statement, ast.For):
                yield self._loop(statement)
            elif isinstance(statement, ast.If) and "isnan" in ast.unparse(statement.test):
                yield {"line": statement.lineno, "sets": []}
                yield self._line(rest.pop(0)) | {"nan": statement.body[0].lineno}
            elif isinstance(statement, ast.If):
                yield from self._branch(statement)
            else:
                yield self._line(statement)

    def _loop(self, statement: ast.For) -> Node:
        assert isinstance(statement.iter, ast.Call)  # range(n)
        return {
            "line": statement.lineno,
            "loop": ast.unparse(statement.target),
            "over": ast.unparse(statement.iter.args[0]),
            "body": list(self.nodes(statement.body)),
        }

    def _branch(self, statement: ast.If) -> Iterator[Node]:
        """``if mode == "max"`` and ``elif``: the tests that are made, and what is taken."""
        yield {"line": statement.lineno, "sets": []}
        taken = repr(self.mode) in ast.unparse(statement.test)
        yield from self.nodes(statement.body if taken else statement.orelse)

    def _line(self, statement: ast.stmt) -> Node:
        node: Node = {"line": statement.lineno, "sets": _targets(statement)}
        for called in ast.walk(statement):
            if isinstance(called, ast.Call) and ast.unparse(called.func) in _STEPPED_INTO:
                name = ast.unparse(called.func)
                return node | {
                    "call": name,
                    "body": list(self.nodes(_statements(self.definitions[name]))),
                }
        return node


def _targets(statement: ast.stmt) -> list[str]:
    """The names that a statement gives values to, or changes in place."""
    if isinstance(statement, ast.AugAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = list(statement.targets) if isinstance(statement, ast.Assign) else []
    names: list[str] = []
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple) else [target]
        for part in parts:
            name = ast.unparse(part.value if isinstance(part, ast.Subscript) else part)
            names += [] if name in names else [name]
    return names
