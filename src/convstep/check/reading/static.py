"""What a function's code shows without being run."""

import ast
import builtins
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

__all__ = ["Facts", "facts_of", "function_facts", "line_that_mentions"]

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOOPS = (ast.For, ast.While, ast.AsyncFor)


@dataclass(frozen=True)
class Facts:
    """What the code of one function shows; lines are those of the file.

    Attributes
    ----------
    line : int
        Where it begins; 0 where its source is not known.
    cell : int or None
        The cell of a notebook that the lines are counted in; its code cells are 1, 2, ...
    written : bool
        False for the blank of a template: a docstring, ``pass`` or ``raise NotImplementedError``.
    free : tuple of str
        Names that it reads and that are no argument, no local name, no function and no module.
    calls : tuple of str
        Names that it reads and that are functions.
    prints, returns, hides, blanks : tuple of int
        Lines with a print in a loop, a return in a loop, an ``except`` that raises nothing, a
        ``name = None`` that stays.
    never_made : tuple of str
        Names that are returned and bound nowhere.
    """

    line: int = 0
    written: bool = True
    free: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()
    returns: tuple[int, ...] = ()
    hides: tuple[int, ...] = ()
    blanks: tuple[int, ...] = ()
    never_made: tuple[str, ...] = ()
    cell: int | None = None


def facts_of(function: Callable[..., Any]) -> Facts:
    """The facts of a live function; hardly any where its source is not to be had."""
    function = inspect.unwrap(function)
    try:
        lines, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return Facts()
    node = next((n for n in ast.walk(tree) if isinstance(n, _Definition)), None)
    if node is None:
        return Facts()
    ast.increment_lineno(node, max(first, 1) - 1)
    names = getattr(function, "__globals__", {})
    known = {n for n, value in names.items() if callable(value) or isinstance(value, ModuleType)}
    return function_facts(node, known)


def function_facts(node: _Definition, known: Iterable[str]) -> Facts:
    """The facts of a function's syntax tree; `known` are the functions and modules of its file."""
    bound = set(_bound(node)) | set(dir(builtins))
    read = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    known = set(known) - bound
    own = list(_own(node))
    in_loop = [inner for loop in own if isinstance(loop, _LOOPS) for inner in _own(loop)]
    return Facts(
        line=node.lineno,
        written=not _is_blank(node),
        free=tuple(dict.fromkeys(name for name in read if name not in bound | known)),
        calls=tuple(dict.fromkeys(name for name in read if name in known)),
        prints=_lines(n for n in in_loop if _is_print(n)),
        returns=_lines(n for n in in_loop if isinstance(n, ast.Return)),
        hides=_lines(n for n in own if isinstance(n, ast.ExceptHandler) and _hides(n)),
        blanks=_lines(_blanks(own)),
        never_made=tuple(dict.fromkeys(_returned(own) & set(read) - bound - known)),
    )


def line_that_mentions(node: ast.AST, package: str) -> int | None:
    """The first line that imports a package, or has its name in a text that is no docstring."""
    texts = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Expr)}
    lines: list[int] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            named = [alias.name for alias in inner.names]
        elif isinstance(inner, ast.ImportFrom):
            named = [] if inner.level else [inner.module or ""]
        elif isinstance(inner, ast.Constant) and id(inner) not in texts:
            named = re.findall(r"[\w.]+", inner.value) if isinstance(inner.value, str) else []
        else:
            continue
        if any(name.partition(".")[0] == package for name in named):
            lines.append(inner.lineno)
    return min(lines, default=None)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """All that is inside, but for the insides of functions defined there."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _Definition):
            yield child
            yield from _own(child)


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that are assigned, imported or defined anywhere inside, and arguments."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            yield inner.arg
        elif isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.ClassDef) and inner is not node:
            yield inner.name
        elif isinstance(inner, ast.alias):
            yield (inner.asname or inner.name).partition(".")[0]
        elif isinstance(inner, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and inner.name:
            yield inner.name


def _lines(nodes: Iterable[Any]) -> tuple[int, ...]:
    return tuple(sorted({node.lineno for node in nodes}))


def _is_print(node: ast.AST) -> bool:
    call = node.func if isinstance(node, ast.Call) else None
    return isinstance(call, ast.Name) and call.id == "print"


def _hides(node: ast.ExceptHandler) -> bool:
    """Whether a handler goes on as if nothing were wrong; a missing module is another matter."""
    caught = "" if node.type is None else ast.unparse(node.type)
    return "Import" not in caught and not any(isinstance(n, ast.Raise) for n in ast.walk(node))


def _blanks(nodes: Sequence[ast.AST]) -> Iterator[ast.stmt]:
    """Statements that put None (or ``...``) where a value belongs, and nothing puts another."""
    stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for node in nodes:
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            continue
        value = node.value
        if not isinstance(value, ast.Constant) or value.value not in (None, ...):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(node, ast.AugAssign) or all(stored.count(name) == 1 for name in names):
            yield node


def _returned(nodes: Sequence[ast.AST]) -> set[str]:
    """Names that are returned as they are, alone or in a tuple."""
    values = [node.value for node in nodes if isinstance(node, ast.Return)]
    alone = [
        item
        for value in values
        for item in (value.elts if isinstance(value, ast.Tuple) else [value])
    ]
    return {item.id for item in alone if isinstance(item, ast.Name)}


def _is_blank(node: _Definition) -> bool:
    """Whether nothing stands there but a docstring, ``pass``, ``...`` or NotImplementedError."""
    if isinstance(node, ast.Lambda):
        return False
    return all(
        isinstance(inner, ast.Pass)
        or (isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant))
        or (isinstance(inner, ast.Raise) and "NotImplementedError" in ast.unparse(inner))
        for inner in node.body
    )
