"""A report as text: for a terminal, a test's output, ``print``."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, Literal

import numpy as np

from convstep.check.report import Diagnosis, Example, FunctionReport, Report
from convstep.check.views.planes import as_array, differences, named, number, planes, short
from convstep.check.wire import printable

__all__ = ["Hints", "text"]

Hints = Literal["none", "nudge", "explain"]
Style = Callable[[str, str], str]

MARKS = {"right": "✓", "wrong": "✗", "blocked": "?", "missing": "-"}
_STYLES = {"right": "green", "wrong": "red", "blocked": "bold", "missing": "dim"}
_INDENT = "    "
_MOST_PLANES = 4
_LARGEST_PLANE = 8  # rows or columns


def _plain(words: str, style: str) -> str:
    return words


def text(report: Report, hints: Hints = "nudge", width: int = 88, style: Style = _plain) -> str:
    """Word a report.

    Parameters
    ----------
    report : Report
    hints : {"none", "nudge", "explain"}
        How much to give away of a mistake: its name; a hint; what is wrong, and the line.
    width : int
        Columns to fold at.
    style : callable
        ``style(words, "red")`` puts words in a colour.
    """
    lines = [printable(report.file)] if report.file else []
    if report.message:
        lines.append(report.message)
    for function in report.functions:
        lines += _function(function, hints, width, style)
    missing = [function.name for function in report.functions if function.status == "missing"]
    if missing:
        lines += _folded(f"not written yet: {', '.join(missing)}", width, "- ", "  ")
    for note in report.notes:
        lines += _folded(f"note: {note.text}", width, "", "  ")
    return "\n".join(lines)


def _function(function: FunctionReport, hints: Hints, width: int, style: Style) -> Iterator[str]:
    if function.status == "missing":
        return
    verdict = f"{MARKS[function.status]} {function.name}: {_verdict(function)}"
    yield style(verdict, _STYLES[function.status])
    for diagnosis in function.diagnoses:
        yield from _diagnosis(diagnosis, hints, width)
    if function.unexplained:
        yield from _folded("=> none of the known mistakes", width)
    for sentence in function.localisation:
        yield from _folded(f"· {sentence}", width, _INDENT, f"{_INDENT}  ")
    if function.example is not None:
        yield from _example(function.example, width)
    for note in function.notes:
        yield from _folded(f"note: {note.text}", width, _INDENT, f"{_INDENT}      ")


def _verdict(function: FunctionReport) -> str:
    if function.status == "blocked":
        return f"not right because of {' and '.join(function.blamed)}; right with right ones"
    return function.status


def _diagnosis(diagnosis: Diagnosis, hints: Hints, width: int) -> Iterator[str]:
    sure = "" if diagnosis.certainty == "certain" else " (likely)"
    where = f", line {diagnosis.line}" if diagnosis.line else ""
    yield from _folded(f"=> {diagnosis.title}{sure}{where}", width, _INDENT, f"{_INDENT}   ")
    if hints == "nudge" and diagnosis.nudge:
        yield from _folded(f"hint: {diagnosis.nudge}", width, f"{_INDENT}   ", f"{_INDENT}   ")
    if hints == "explain":
        yield from _folded(diagnosis.explanation, width, f"{_INDENT}   ", f"{_INDENT}   ")
        if diagnosis.look:
            yield f"{_INDENT}   the line to look at: {diagnosis.look}"


def _folded(words: str, width: int, first: str = _INDENT, then: str = _INDENT) -> list[str]:
    return textwrap.wrap(words, width, initial_indent=first, subsequent_indent=then)


def _example(example: Example, width: int) -> Iterator[str]:
    yield f"{_INDENT}The smallest case that fails:"
    blocks: list[list[str]] = []
    for name, value in named(example.arguments):
        blocks += _drawn(name, value)
    for row in _rows(blocks, width - 8):
        yield from (f"{_INDENT}    {line}".rstrip() for line in row)
    got, expected = example.got, example.expected
    marks = differences(expected, got)
    blocks = [*_drawn(f"right {example.output}", expected)]
    if not isinstance(got, str):
        blocks += _drawn(f"your {example.output}", got, marks)
    for row in _rows(blocks, width - 8):
        yield from (f"{_INDENT}    {line}".rstrip() for line in row)
    if isinstance(got, str):
        yield from _folded(f"your {example.output}: {got}", width, f"{_INDENT}    ")
    if example.index is not None:
        told = (
            f"They part first at {example.where}. Right is {number(example.cell_expected)}, "
            f"yours {number(example.cell_got)}."
        )
        yield from _folded(told, width)


def _rows(blocks: Sequence[list[str]], width: int) -> Iterator[list[str]]:
    """Blocks of lines side by side, as many in a row as there is room for."""
    row: list[list[str]] = []
    used = 0
    for block in blocks:
        columns = max(map(len, block)) + 3
        if row and used + columns > width:
            yield _beside(row)
            row, used = [], 0
        row.append(block)
        used += columns
    if row:
        yield _beside(row)


def _beside(blocks: Sequence[list[str]]) -> list[str]:
    widths = [max(map(len, block)) for block in blocks]
    return [
        "   ".join(part.ljust(size) for part, size in zip(line, widths, strict=True))
        for line in zip_longest(*blocks, fillvalue="")
    ]


def _drawn(name: str, value: Any, marks: Any = None) -> list[list[str]]:
    """A value as blocks of lines: its name, then its numbers; an array's planes one by one."""
    array = as_array(value)
    if array is None or array.size <= 1:
        return [[f"{name} = {short(value)}"]]
    if array.ndim > 4 or max(array.shape) > _LARGEST_PLANE:
        return [[f"{name}: shape {array.shape}"]]
    found = planes(name, array.shape)
    if len(found) > _MOST_PLANES:
        return [[f"{name}: shape {array.shape}"]]
    return [
        [f"{name}{label} =", *_grid(array[index], None if marks is None else marks[index])]
        for label, index in found
    ]


def _grid(plane: Any, marks: Any) -> list[str]:
    plane = np.atleast_2d(plane)
    marked = np.zeros(plane.shape, bool) if marks is None else np.atleast_2d(marks)
    cells = [
        [number(value) + "*" * mark for value, mark in zip(*row, strict=True)]
        for row in zip(plane.tolist(), marked.tolist(), strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.rjust(size) for cell, size in zip(row, widths, strict=True)) for row in cells
    ]
