"""What an exercise is made of: its definition, its tasks with their cases, and known mistakes.

All of it is data, so that the engine knows nothing of convolution: `convstep.check.eight` holds the
eight functions of the lesson, and a teacher's own exercise is made of the same four classes.

A *setting* is a small dictionary of plain values, such as ``{"n": 3, "stride": 2}``; a task builds
the arguments of a call from it. So a failing case is shrunk, and described, by its setting.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from convstep.errors import argument_error

__all__ = ["Exercise", "Mistake", "Setting", "Task", "Variant"]

Setting = Mapping[str, Any]


def _any_setting(setting: Setting) -> bool:
    return True


def _no_place(setting: Setting, output: str, index: tuple[int, ...]) -> str:
    return ""


@dataclass(frozen=True, eq=False)
class Task:
    """One function that is to be written.

    Parameters
    ----------
    name : str
        The function's name.
    arguments : tuple of str
        What its arguments are called; they are passed by position.
    outputs : tuple of str
        What it returns. One name: the result itself; several: a tuple of that many.
    settings : tuple of Setting
        The cases. The order does not matter; small ones are shown first.
    build : callable
        ``build(setting)`` returns the arguments of the call, the same ones for the same setting.
    helpers : tuple of str
        Other tasks of the exercise that the function may call.
    families : mapping of str to callable
        Groups of cases, by a predicate on the setting: "stride over 1". They earn partial credit,
        and where all that fails is in one of them, the report says so.
    least : Setting
        The smallest value of each field that may be made smaller.
    valid : callable
        Whether a setting may be asked: a case must stay inside the exercise.
    axes : mapping of str to tuple of str
        The name of each axis of an output, such as ``{"Z": ("example", "row", ...)}``.
    place : callable
        ``place(setting, output, index)`` says in words what a cell of an output is made of.
    words : mapping of str to str
        Other editions' names for keys of dictionaries among the arguments: ``{"pad": "padding"}``.
    """

    name: str
    arguments: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: tuple[Setting, ...]
    build: Callable[[Setting], tuple[Any, ...]]
    helpers: tuple[str, ...] = ()
    families: Mapping[str, Callable[[Setting], bool]] = field(default_factory=dict)
    least: Setting = field(default_factory=dict)
    valid: Callable[[Setting], bool] = _any_setting
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    place: Callable[[Setting, str, tuple[int, ...]], str] = _no_place
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """A mistake as it stands in code: an edit of a right solution.

    Parameters
    ----------
    edits : tuple of (str, str)
        What is written in the right solution, and what in its place. Each must be found in the
        function. Two mistakes are made together by merging what both change.
    style : str
        The right solution that is edited; the same mistake behaves otherwise in another style.
    """

    edits: tuple[tuple[str, str], ...]
    style: str = "loops"


@dataclass(frozen=True)
class Mistake:
    """One known mistake of one function.

    Parameters
    ----------
    function : str
        The task in which it is made.
    name : str
        Short and fixed; ``function.name`` is its id in every report.
    title : str
        What is wrong, in a few words: "the window does not move by the stride".
    explanation : str
        Why that is wrong, in one sentence, which may give the solution away.
    nudge : str
        A hint or a question that does not.
    variants : tuple of Variant
        The mistake in code, in each way in which it behaves.
    look : str
        The line of the definition to look at; by default, that of the first edit.
    kind : {"mistake", "convention"}
        A convention is another right answer: it is noted and passes.
    shows : str
        What must show in the code for this mistake to be it, the name of a field of `Facts`:
        "returns" for a return in a loop.
    """

    function: str
    name: str
    title: str
    explanation: str
    nudge: str
    variants: tuple[Variant, ...]
    look: str = ""
    kind: Literal["mistake", "convention"] = "mistake"
    shows: str = ""

    @property
    def id(self) -> str:
        """``function.name``."""
        return f"{self.function}.{self.name}"

    @property
    def line(self) -> str:
        """The line of the definition that the mistake is about."""
        return self.look or self.variants[0].edits[0][0].strip().splitlines()[0]


@dataclass(frozen=True, eq=False)
class Exercise:
    r"""Functions to write, what is right, and what people get wrong.

    Parameters
    ----------
    name : str
    definitions : mapping of str to str
        Right solutions, as the source of a module that has all functions; the first one is the
        definition, further ones are other styles that `Variant` edits.
    tasks : tuple of Task
        Helpers before those that call them.
    mistakes : tuple of Mistake

    Examples
    --------
    >>> from convstep.check import Exercise, Task
    >>> double = Exercise(
    ...     name="double",
    ...     definitions={"plain": "def double(x):\n    return 2 * x\n"},
    ...     tasks=(Task("double", ("x",), ("y",), ({"x": 1}, {"x": 3}), lambda s: (s["x"],)),),
    ...     mistakes=(),
    ... )
    >>> double.right["double"](4)
    8
    """

    name: str
    definitions: Mapping[str, str]
    tasks: tuple[Task, ...]
    mistakes: tuple[Mistake, ...]

    def task(self, name: str) -> Task:
        """The task of that name."""
        for task in self.tasks:
            if task.name == name:
                return task
        names = ", ".join(task.name for task in self.tasks)
        raise argument_error("check", "function", f"be one of {names}", name)

    @cached_property
    def definition(self) -> str:
        """The source of what is right."""
        return next(iter(self.definitions.values()))

    @cached_property
    def right(self) -> Mapping[str, Callable[..., Any]]:
        """The functions of the definition."""
        return run_source(self.definition)

    def catalogue(self, function: str) -> tuple[Mistake, ...]:
        """The known mistakes of one function, conventions among them."""
        return tuple(mistake for mistake in self.mistakes if mistake.function == function)


def run_source(source: str) -> dict[str, Any]:
    """Execute the source of a module and return its names."""
    namespace: dict[str, Any] = {"__name__": "definition"}
    exec(compile(source, "<definition>", "exec"), namespace)
    return namespace


def edited(source: str, function: str, edits: tuple[tuple[str, str], ...]) -> str:
    """Make edits inside one function of a module.

    Raises
    ------
    ArgumentError
        If what is to be edited is not there.
    """
    before, body, after = parted(source, function)
    return before + edited_body(body, function, edits) + after


def edited_body(body: str, function: str, edits: tuple[tuple[str, str], ...]) -> str:
    """Make edits in the text of one function."""
    for old, new in edits:
        if old not in body:
            rule = f"edit what stands in {function}"
            raise argument_error("Exercise", "Variant", rule, old, "Copy the text from there.")
        body = body.replace(old, new)
    return body


def parted(source: str, function: str) -> tuple[str, str, str]:
    """A module's text before a function, the function, and the text after it."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            lines = source.splitlines(keepends=True)
            start, end = node.lineno - 1, node.end_lineno
            return "".join(lines[:start]), "".join(lines[start:end]), "".join(lines[end:])
    raise argument_error("Exercise", "definitions", f"define {function} in each", source[:60])
