"""A file or a notebook, read and run as far as its functions need it.

What stands around them does not run: tests, plots, questions to the user, endless loops. What they
read does: imports, helpers, constants, and what a test cell left behind.
"""

import ast
import importlib
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from convstep.check.outcome import Failure
from convstep.check.reading.names import imported
from convstep.check.reading.needed import Unit, selected, units_of
from convstep.check.reading.source import Source, place, read_source
from convstep.check.reading.standin import Nothing, StandIn, attribute
from convstep.check.reading.static import Facts, function_facts, line_that_mentions

__all__ = ["Extract"]

_LONGEST_NOTE = 200
_MOST_NOTES = 20
_OWN_NAME = __name__.partition(".")[0]
_GIVEN = ("np", "numpy")
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Extract:
    r"""The functions of some names in a file.

    Reading it runs nothing; `run` runs what they need.

    Parameters
    ----------
    name : str
        The name of the file; one that ends in ``.ipynb`` is a notebook.
    data : bytes
        What is in it.
    wanted : iterable of str
        Names of functions.

    Attributes
    ----------
    facts : dict of str to Facts
        What the code of those that are there shows.
    failures : dict of str to Failure
        Why one that is there cannot be called.
    namespace : dict
        What `run` has defined.
    notes : list of str
        What was left out or replaced.
    unreadable : str
        Why nothing could be read, or empty.

    Examples
    --------
    >>> from convstep.check.reading.extract import Extract
    >>> text = b"import plots\nn = 2\ndef double(x):\n    return n * x\nprint(input())"
    >>> extract = Extract("mine.py", text, ["double"])
    >>> extract.run()
    >>> extract.namespace["double"](4)
    8
    """

    def __init__(self, name: str, data: bytes, wanted: Iterable[str]) -> None:
        source: Source = read_source(name, data)
        self._units = units_of(source.statements)
        self._wanted = tuple(wanted)
        self._nodes = _functions(self._units)
        self.notes = source.notes
        self.unreadable = source.unreadable
        self._module = types.ModuleType("submission")
        self.namespace: dict[str, Any] = vars(self._module)
        self.namespace["__file__"] = name
        self.failures: dict[str, Failure] = {}
        self.facts: dict[str, Facts] = {}
        self._take_facts()
        for broken in source.broken:
            for one in set(broken.names) & set(self._wanted) - self.facts.keys():
                self.facts[one] = Facts(line=broken.line, cell=broken.cell)
                self.failures[one] = Failure(
                    "exception", broken.type, broken.message, broken.line, broken.cell
                )

    def _take_facts(self) -> None:
        known = {name for unit in self._units for name in unit.binds if _defines(unit, name)}
        known |= {name for name, value in self.namespace.items() if _is_tool(value)}
        for name in self._wanted:
            bound = [unit for unit in self._units if name in unit.binds]
            if bound:
                self.facts[name] = self._facts(name, bound[-1], known)

    def _facts(self, name: str, unit: Unit, known: set[str]) -> Facts:
        found = self._nodes.get(name)
        if found is None:
            return Facts(line=unit.node.lineno, cell=unit.statement.cell)
        node, where = found
        return replace(function_facts(node, known), cell=where.statement.cell)

    def run(self) -> None:
        """Define the functions, by running the statements that they need."""
        sys.modules["submission"] = self._module  # where some decorators look for it
        if not any(isinstance(unit.node, _IMPORTS) for unit in self._units):
            self._put_numpy_in()
        needed = selected(self._units, self._wanted)
        for unit in needed:
            if isinstance(unit.node, _IMPORTS):
                self._import(unit)
            else:
                self._execute(unit)
        self._note_answers(needed)
        self._take_facts()  # again: more is known of what names stand for
        self.facts = {
            name: facts
            for name, facts in self.facts.items()
            if not _is_a(self.namespace.get(name), Nothing)
        }

    def _note_answers(self, units: Iterable[Unit]) -> None:
        """Say where the functions reach for the right ones: that is for a teacher to judge."""
        for unit in units:
            line = line_that_mentions(unit.node, _OWN_NAME)
            if line is not None:
                where = place(line, unit.statement.cell)
                self._note(f"{where}: it uses {_OWN_NAME}, where the right functions are")

    def _put_numpy_in(self) -> None:
        """Give NumPy to a file of bare functions, as they are cut out of a notebook."""
        bound = {name for unit in self._units for name in unit.binds}
        read = {name for unit in selected(self._units, self._wanted) for name in unit.reads}
        for name in _GIVEN:
            if name in read - bound:
                self.namespace[name] = importlib.import_module("numpy")
                self._note(f"nothing is imported; {name} was put in")

    def _execute(self, unit: Unit) -> None:
        try:
            exec(unit.compiled(), self.namespace)
        except BaseException as error:
            failure = _failure(error, unit)
            self._note(f"{place(failure.line, failure.cell)}: {failure.type}: {failure.message}")
            for name in unit.binds & set(self._wanted):
                self.failures[name] = failure
        else:
            for name in unit.binds:
                self.failures.pop(name, None)

    def _import(self, unit: Unit) -> None:
        """Import each name by itself; a stand-in takes the place of what is not here."""
        node = unit.node
        assert isinstance(node, _IMPORTS)
        for alias in node.names:
            one = _only(node, alias)
            try:
                exec(unit.of(one).compiled(), self.namespace)
            except BaseException as error:
                self._stand_in(node, alias, error)

    def _stand_in(
        self, node: ast.Import | ast.ImportFrom, alias: ast.alias, error: BaseException
    ) -> None:
        module = alias.name if isinstance(node, ast.Import) else node.module or "."
        why = "is not here" if isinstance(error, ImportError) else f"fails ({_named(error)})"
        if isinstance(node, ast.Import):
            name = imported(alias)
            self.namespace[name] = self.namespace.get(name) or StandIn(module)
        elif alias.name != "*":
            if _there(module):
                module = f"{module}.{alias.name}"
            self.namespace[imported(alias)] = attribute(module, alias.name)
        self._note(f"module {module} {why}; a stand-in took its place")

    def _note(self, text: str) -> None:
        if text not in self.notes and len(self.notes) < _MOST_NOTES:
            self.notes.append(text[:_LONGEST_NOTE])


def _only(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    """The import of one name alone."""
    if isinstance(node, ast.Import):
        return ast.copy_location(ast.Import([alias]), node)
    return ast.copy_location(ast.ImportFrom(node.module, [alias], node.level), node)


def _there(module: str) -> bool:
    try:
        importlib.import_module(module)
    except BaseException:
        return False
    return True


def _named(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:_LONGEST_NOTE]
    except BaseException:
        return type(error).__name__


def _failure(error: BaseException, unit: Unit) -> Failure:
    """What a statement raised, at the line of the submission where it happened."""
    line = unit.node.lineno
    trace: types.TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == unit.statement.filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        line = error.lineno
    message = error.msg if isinstance(error, SyntaxError) else _named(error).partition(": ")[2]
    kind = type(error).__name__
    return Failure("exception", kind, message, line, unit.statement.cell)


def _functions(units: Sequence[Unit]) -> Mapping[str, tuple[Any, Unit]]:
    """The last definition of every function, a lambda's and an alias's too."""
    found: dict[str, tuple[Any, Unit]] = {}
    for resort in (True, False):
        for unit in (unit for unit in units if unit.last_resort is resort):
            for node in _outer(unit.node):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found[node.name] = (node, unit)
                elif isinstance(node, ast.Assign):
                    _take_assigned(node, unit, found)
                elif isinstance(node, (ast.ClassDef, *_IMPORTS)):
                    for name in unit.binds:
                        found.pop(name, None)
    return found


def _take_assigned(node: ast.Assign, unit: Unit, found: dict[str, tuple[Any, Unit]]) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            found.pop(target.id, None)
            if isinstance(node.value, ast.Lambda):
                found[target.id] = (node.value, unit)
            elif isinstance(node.value, ast.Name) and node.value.id in found:
                found[target.id] = found[node.value.id]


def _outer(node: ast.stmt) -> Iterable[ast.stmt]:
    """A statement and those in its blocks, but for the insides of functions and classes."""
    yield node
    if not isinstance(node, _DEFINITIONS):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield from _outer(child)
            elif isinstance(child, ast.ExceptHandler):
                for inner in child.body:
                    yield from _outer(inner)


def _defines(unit: Unit, name: str) -> bool:
    """Whether a name is that of a function, a class or an import, not of a value."""
    return any(
        (isinstance(node, _DEFINITIONS) and node.name == name)
        or (isinstance(node, _IMPORTS) and name in map(imported, node.names))
        for node in _outer(unit.node)
    )


def _is_tool(value: Any) -> bool:
    return _is_a(value, types.ModuleType) or callable(value)


def _is_a(value: Any, kind: type) -> bool:
    """Whether it is of a type, whatever it says of its class itself."""
    return issubclass(type(value), kind)
