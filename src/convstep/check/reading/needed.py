"""Which statements of a file its functions need: what is run of it, and nothing else.

A statement is needed if it binds a name that is needed, or changes what such a name stands for; and
what a needed statement reads is needed in turn.
"""

import __future__

import ast
import builtins
import copy
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import CodeType

from convstep.check.reading import names
from convstep.check.reading.source import Statement

__all__ = ["Unit", "selected", "units_of"]


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

    @cached_property
    def binds(self) -> frozenset[str]:
        """Names that it gives a value."""
        return names.bound(self.node)

    @cached_property
    def alters(self) -> frozenset[str]:
        """Names whose objects it changes."""
        return names.altered(self.node)

    @cached_property
    def asks(self) -> frozenset[str]:
        """Names whose objects it may change by a method."""
        return names.asked(self.node)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names that it, or a function defined in it, looks up."""
        try:
            return names.read(self.compiled())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return frozenset()

    def compiled(self) -> CodeType:
        """The code of the statement; Python refuses some that parses, such as a lone return."""
        module = ast.Module([self.node], type_ignores=[])
        code: CodeType = compile(
            module, self.statement.filename, "exec", flags=self.flags, dont_inherit=True
        )
        return code

    def of(self, node: ast.stmt) -> "Unit":
        """Another statement, or a part of it, at the same place."""
        return replace(self, statement=replace(self.statement, node=node))


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


def selected(units: Sequence[Unit], wanted: Iterable[str]) -> list[Unit]:
    """The units that functions of these names need, in order, and cut down to what counts."""
    by_name = defaultdict(list)
    modules = {name for unit in units if _is_import(unit) for name in unit.binds}
    touched = [unit.binds | unit.alters | (unit.asks - modules) for unit in units]
    for number, touches in enumerate(touched):
        for name in touches:
            by_name[name].append(number)
    known = {name for unit in units for name in unit.binds}
    sure = {name for unit in units if not unit.last_resort for name in unit.binds}
    chosen: dict[int, Unit] = {}
    needed = set(wanted)
    waiting = list(needed)
    while waiting:
        for number in by_name.get(waiting.pop(), ()):
            unit = units[number]
            part = _pruned(unit, needed - sure if unit.last_resort else needed, modules)
            if part is not None:
                chosen[number] = part
                waiting += part.reads - needed
                needed |= part.reads
    if needed - known - set(dir(builtins)):
        chosen |= {number: unit for number, unit in enumerate(units) if _brings_all(unit)}
    chosen |= _seeds(units, chosen, needed)
    return [chosen[number] for number in sorted(chosen)]


def _is_import(unit: Unit) -> bool:
    return isinstance(unit.node, ast.Import | ast.ImportFrom)


def _brings_all(unit: Unit) -> bool:
    """``from module import *``: whatever is bound nowhere may come from it."""
    return isinstance(unit.node, ast.ImportFrom) and unit.node.names[0].name == "*"


def _seeds(units: Sequence[Unit], chosen: dict[int, Unit], needed: set[str]) -> dict[int, Unit]:
    """``np.random.seed(1)`` before an assignment that is needed: what it draws depends on it."""
    assigned = [n for n, unit in chosen.items() if isinstance(unit.node, ast.Assign)]
    before = units[: max(assigned, default=0)]
    return {n: unit for n, unit in enumerate(before) if _is_seed(unit) and unit.reads <= needed}


def _is_seed(unit: Unit) -> bool:
    function = names.called(unit.node)
    return function is not None and ast.unparse(function).endswith("random.seed")


def _pruned(unit: Unit, needed: set[str], modules: set[str]) -> Unit | None:
    """What is needed of a unit: the whole, or some statements of its blocks, or nothing."""
    touches = unit.binds | unit.alters | (unit.asks - modules)
    if isinstance(unit.node, ast.While) or not touches & needed:
        return None  # an endless loop defines nothing, and may wait for an answer
    if _is_import(unit):
        return _import_of(unit, needed)
    if not isinstance(unit.node, ast.If | ast.Try | ast.With):
        return unit
    kept = copy.copy(unit.node)
    some = _prune_blocks(unit, kept, needed, modules)
    if isinstance(kept, ast.Try):
        kept.handlers = [copy.copy(handler) for handler in kept.handlers]
        for handler in kept.handlers:
            some = _prune_blocks(unit, handler, needed, modules) or some
    return unit.of(kept) if some else None


def _import_of(unit: Unit, needed: set[str]) -> Unit:
    """Of an import, the names that are needed: a library for plots takes a second to load."""
    kept = copy.copy(unit.node)
    assert isinstance(kept, ast.Import | ast.ImportFrom)
    kept.names = [alias for alias in kept.names if names.imported(alias) in needed]
    return unit.of(kept)


def _prune_blocks(
    unit: Unit,
    node: ast.If | ast.Try | ast.With | ast.ExceptHandler,
    needed: set[str],
    modules: set[str],
) -> bool:
    """Leave in the blocks of a statement what is needed; whether that is anything."""
    some = False
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, [])
        parts = [_pruned(unit.of(child), needed, modules) for child in block]
        left = [part.node for part in parts if part is not None]
        some = some or bool(left)
        if block:
            empty = [ast.copy_location(ast.Pass(), node)] if name == "body" else []
            setattr(node, name, left or empty)
    return some
