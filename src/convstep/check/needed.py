"""Which statements of a file its functions need: what is run of it, and nothing else.

A statement is needed if it binds a name that is needed, or changes what such a name stands for; and
what a needed statement reads is needed in turn. Names are taken from the compiled code, so that a
local variable is never confused with a global one of the same name.
"""

import __future__

import ast
import builtins
import copy
import dis
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import CodeType

from convstep.check.source import Statement

__all__ = ["Unit", "selected", "units_of"]

_READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_BINDS = {"STORE_NAME", "STORE_GLOBAL"}
_MUTATORS = {"append", "extend", "insert", "update", "setdefault", "add", "fill"}
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Unit:
    """A statement with the names that it binds and reads; `flags` are those of `__future__`.

    `last_resort`: it stands under ``if __name__ == "__main__"``, and counts only for names that are
    bound nowhere else.
    """

    statement: Statement
    flags: int
    last_resort: bool = False

    @property
    def node(self) -> ast.stmt:
        """The syntax tree."""
        return self.statement.node

    def compiled(self) -> CodeType:
        """The code of the statement; Python refuses some that parses, such as a lone return."""
        module = ast.Module([self.node], type_ignores=[])
        code: CodeType = compile(
            module, self.statement.filename, "exec", flags=self.flags, dont_inherit=True
        )
        return code

    @cached_property
    def names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names that it binds at the outermost level, and the global ones that it reads."""
        try:
            code = self.compiled()
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return frozenset(_stored(self.node)), frozenset()
        binds, reads = set(), set()
        for inner in _codes(code):
            for step in dis.get_instructions(inner):
                if step.opname in _READS:
                    reads.add(step.argval)
                elif step.opname == "STORE_GLOBAL" or (inner is code and step.opname in _BINDS):
                    binds.add(step.argval)
        return frozenset(binds), frozenset(reads)

    @property
    def binds(self) -> frozenset[str]:
        """Names that it gives a value."""
        return self.names[0]

    @property
    def reads(self) -> frozenset[str]:
        """Names that it, or a function defined in it, looks up."""
        return self.names[1]

    @cached_property
    def alters(self) -> frozenset[str]:
        """Names whose objects it changes: ``X[0] = 1``, ``np.float = float``, ``a.append(3)``."""
        return frozenset(_altered(self.node))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, _DEFINITIONS):
            yield inner.name
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def _altered(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Subscript | ast.Attribute):
                yield from _root(target)
    called = _called(node)
    if isinstance(called, ast.Attribute) and called.attr in _MUTATORS:
        yield from _root(called.value)


def _called(node: ast.stmt) -> ast.expr | None:
    """What a statement that is nothing but a call calls."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return node.value.func
    return None


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def units_of(statements: Sequence[Statement]) -> list[Unit]:
    """All statements as units, those under ``if __name__ == "__main__"`` one by one."""
    flags = 0
    for statement in statements:
        node = statement.node
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            features = [getattr(__future__, alias.name, None) for alias in node.names]
            flags |= sum(feature.compiler_flag for feature in features if feature)
    units = []
    for statement in statements:
        node = statement.node
        if isinstance(node, ast.If) and ast.dump(node.test) in _IS_MAIN:
            units += [Unit(replace(statement, node=inner), flags, True) for inner in node.body]
        else:
            units.append(Unit(statement, flags))
    return units


_IS_MAIN = {
    ast.dump(ast.parse(text, mode="eval").body)
    for text in ("__name__ == '__main__'", "'__main__' == __name__")
}


def selected(units: Sequence[Unit], names: Iterable[str]) -> list[Unit]:
    """The units that functions of these names need, in order, and cut down to what counts."""
    needed = set(names)
    elsewhere = {name for unit in units if not unit.last_resort for name in unit.binds}
    known = {name for unit in units for name in unit.binds} | set(dir(builtins))
    while True:
        chosen = []
        for number, unit in enumerate(units):
            part: Unit | None
            if _brings_all(unit):
                part = unit if needed - known else None
            else:
                part = _part(unit, needed - elsewhere if unit.last_resort else needed)
            if part is not None:
                chosen.append((number, part))
        reads = {name for _, part in chosen for name in part.reads}
        if reads <= needed:
            break
        needed |= reads
    assigned = [n for n, part in chosen if isinstance(part.node, ast.Assign | ast.AnnAssign)]
    last = max(assigned, default=-1)
    seeds = [(n, u) for n, u in enumerate(units[: last + 1]) if _is_seed(u) and u.reads <= needed]
    return [unit for _, unit in sorted([*chosen, *seeds], key=lambda pair: pair[0])]


def _brings_all(unit: Unit) -> bool:
    """``from module import *``: whatever is bound nowhere may come from it."""
    return isinstance(unit.node, ast.ImportFrom) and unit.node.names[0].name == "*"


def _is_seed(unit: Unit) -> bool:
    """``np.random.seed(1)``: what is drawn after it depends on it."""
    called = _called(unit.node)
    return called is not None and ast.unparse(called).endswith("random.seed")


def _part(unit: Unit, needed: set[str]) -> Unit | None:
    """What is needed of a unit; None if nothing is."""
    if not (unit.binds | unit.alters) & needed and not _holds_blocks(unit.node):
        return None
    node = _pruned(unit, unit.node, needed)
    if node is None:
        return None
    return (
        unit if node is unit.node else replace(unit, statement=replace(unit.statement, node=node))
    )


def _holds_blocks(node: ast.stmt) -> bool:
    return isinstance(node, ast.If | ast.Try | ast.With)


def _pruned(unit: Unit, node: ast.stmt, needed: set[str]) -> ast.stmt | None:
    """A statement, of whose blocks only what is needed is left."""
    if isinstance(node, ast.While):
        return None  # it may wait for ever, and never defines anything
    if not _holds_blocks(node):
        one = replace(unit, statement=replace(unit.statement, node=node))
        return node if (one.binds | one.alters) & needed else None
    kept = copy.copy(node)
    some = False
    for block in ("body", "orelse", "finalbody"):
        if not hasattr(node, block):
            continue
        inner = [_pruned(unit, child, needed) for child in getattr(node, block)]
        left = [child for child in inner if child is not None]
        some = some or bool(left)
        if not left and getattr(node, block) and block == "body":
            left = [ast.copy_location(ast.Pass(), node)]
        setattr(kept, block, left)
    if isinstance(kept, ast.Try):
        some = _prune_handlers(unit, kept, needed) or some
    return kept if some else None


def _prune_handlers(unit: Unit, kept: ast.Try, needed: set[str]) -> bool:
    some = False
    handlers = []
    for handler in kept.handlers:
        again = copy.copy(handler)
        inner = [_pruned(unit, child, needed) for child in handler.body]
        left = [child for child in inner if child is not None]
        some = some or bool(left)
        again.body = left or [ast.copy_location(ast.Pass(), handler)]
        handlers.append(again)
    kept.handlers = handlers
    return some
