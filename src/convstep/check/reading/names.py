"""Which names a statement binds, which objects it changes, and what its code reads."""

import ast
import dis
from collections.abc import Iterator
from types import CodeType
from typing import Any

__all__ = ["altered", "asked", "bound", "called", "imported", "read"]

_READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(node: ast.stmt) -> frozenset[str]:
    """The names that a statement gives a value, outside functions that are defined in it."""
    return frozenset(name for inner in _own(node) for name in _bound_here(inner))


def _bound_here(node: Any) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.alias):
        if node.name != "*":
            yield imported(node)
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest


def imported(alias: ast.alias) -> str:
    """The name that an import gives a module, or something in it."""
    return alias.asname or alias.name.partition(".")[0]


def altered(node: ast.stmt) -> frozenset[str]:
    """Names whose objects it changes: ``X[0] = 1``, ``np.float = float``."""
    return frozenset(name for inner in _own(node) for name in _altered_here(inner))


def _altered_here(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield from _root(node)


def asked(node: ast.stmt) -> frozenset[str]:
    """Names whose objects a method may change: ``sizes.append(3)``, ``@number.register(int)``."""
    methods = [called(inner) for inner in _own(node)]
    if isinstance(node, _DEFINITIONS):
        methods += [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return frozenset(
        name
        for method in methods
        if isinstance(method, ast.Attribute)
        for name in _root(method.value)
    )


def called(node: ast.AST) -> ast.expr | None:
    """What a statement that is nothing but a call calls."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return node.value.func
    return None


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and all in it, but for the insides of scopes of their own."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        yield inner
        if not isinstance(inner, _SCOPES):
            waiting.extend(ast.iter_child_nodes(inner))


def read(code: CodeType) -> frozenset[str]:
    """The global names that code looks up, or a function defined in it.

    The code says it exactly: a local variable is not taken for a global one of the same name.
    """
    found = set()
    waiting = [code]
    while waiting:
        inner = waiting.pop()
        waiting += [constant for constant in inner.co_consts if isinstance(constant, CodeType)]
        found |= {step.argval for step in dis.get_instructions(inner) if step.opname in _READS}
    return frozenset(found)
