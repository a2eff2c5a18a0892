"""From the bytes of a file or a notebook to the statements in it, however damaged it is.

Everything that parses counts. Of what does not, the line and the reason are kept, and the names
that would have been defined there.
"""

import ast
import codecs
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Broken", "Source", "Statement", "read_source"]

_MOST_TRIES = 3000  # attempts at parsing pieces of a file that does not parse as a whole
_MOST_PIECES = 40  # that are put together in search of the end of a string
_MOST_MAGICS = 20  # lines that are taken out one by one, to leave the others
_MOST_NOTES = 5

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$|[\w.,\s]+=\s*[!%])")
_RUNS_PYTHON = re.compile(r"%%(time|timeit|capture|prun|px)\b")
_CONTINUES = re.compile(r"[)\]}#@]|(?:else|elif|except|finally)\b")
_DEFINES = re.compile(r"^\s*(?:(?:async\s+)?def|class)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """A statement at the outermost level; its `cell` counts the code cells of a notebook from 1."""

    node: ast.stmt
    filename: str
    cell: int | None = None


@dataclass(frozen=True)
class Broken:
    """A piece that does not parse, and the names that it would have defined."""

    type: str
    message: str
    line: int
    cell: int | None
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{place(self.line, self.cell)}: {self.message}"


@dataclass
class Source:
    """All that could be read; `unreadable` says why where that is nothing at all."""

    statements: list[Statement] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreadable: str = ""


def place(line: int | None, cell: int | None) -> str:
    """A place in words: "line 7", "cell 4, line 7"."""
    told = f"line {line}" if line else "an unknown line"
    return f"cell {cell}, {told}" if cell else told


def read_source(name: str, data: bytes) -> Source:
    """Read a file by its name, which ends in .ipynb for a notebook, and its bytes."""
    source = Source()
    try:
        text = _text(data, source)
        pieces: list[tuple[int | None, str, str]]
        pieces = list(_cells(text)) if name.lower().endswith(".ipynb") else [(None, name, text)]
    except _Unreadable as error:
        source.unreadable = str(error)
        return source
    reader = _Reader(source)
    for cell, filename, piece in pieces:
        reader.read(piece, filename, cell)
    told = [str(broken) for broken in source.broken]
    if told and not source.statements:
        source.unreadable = told[0]
    elif told:
        source.notes += [f"left out, as it cannot be read: {one}" for one in told[:_MOST_NOTES]]
        if len(told) > _MOST_NOTES:
            source.notes.append(f"{len(told) - _MOST_NOTES} more places cannot be read")
    return source


class _Unreadable(ValueError):
    """Nothing in the file can be read."""


def _text(data: bytes, source: Source) -> str:
    """The text of a file, by its byte order mark or its coding line, UTF-8 by default."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), _declared(data))
    if b"\0" in data and not encoding.startswith("utf-16"):
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise _Unreadable(f"line {line}: there is a null byte: this is no text of Python's")
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        source.notes.append(f"it is not in the encoding {encoding}; odd characters were replaced")
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _declared(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        found = _CODING.match(line)
        if found:
            return found[1].decode("ascii", "replace")
    return "utf-8"


def _cells(text: str) -> Iterator[tuple[int | None, str, str]]:
    """The code cells of a notebook of format 3 or 4, numbered from 1."""
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        raise _Unreadable(f"line {error.lineno}: no notebook: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise _Unreadable(f"no notebook: {error}") from error
    cells = _code_cells(notebook)
    if cells is None:
        raise _Unreadable("no notebook: it has no list of cells")
    for number, cell in enumerate(cells, 1):
        content = cell.get("source", cell.get("input", ""))
        if isinstance(content, list):
            content = "".join(part for part in content if isinstance(part, str))
        if isinstance(content, str):
            yield number, f"<cell {number}>", content


def _code_cells(notebook: Any) -> list[dict[str, Any]] | None:
    if not isinstance(notebook, dict):
        return None
    holders = notebook.get("worksheets") if "cells" not in notebook else [notebook]
    if not isinstance(holders, list):
        return None
    lists = [holder.get("cells") for holder in holders if isinstance(holder, dict)]
    if not all(isinstance(cells, list) for cells in lists):
        return None
    found = [cell for cells in lists for cell in cells or ()]
    return [c for c in found if isinstance(c, dict) and c.get("cell_type") == "code"]


class _Reader:
    """Parses pieces of text into the statements of a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tries = 0

    def read(self, text: str, filename: str, cell: int | None) -> None:
        """Take all statements of a file or a cell that can be had."""
        lines = text.split("\n")
        if lines[0].startswith("%%") and not _RUNS_PYTHON.match(lines[0]):
            return  # another language
        tree = self._parsed("\n".join(lines), filename)
        if isinstance(tree, SyntaxError):
            lines = self._without_magics(lines, filename)
            tree = self._parsed("\n".join(lines), filename)
        if isinstance(tree, SyntaxError):
            self._salvage(lines, filename, cell)
        else:
            self._take(tree, 0, filename, cell)

    def _take(self, tree: ast.Module, offset: int, filename: str, cell: int | None) -> None:
        if offset:
            ast.increment_lineno(tree, offset)
        self.source.statements += [Statement(node, filename, cell) for node in tree.body]

    def _parsed(self, text: str, filename: str) -> ast.Module | SyntaxError:
        self.tries += 1
        try:
            return ast.parse(text, filename)
        except SyntaxError as error:
            return error
        except (MemoryError, RecursionError):
            return SyntaxError("it is nested too deeply", (filename, 1, None, None))
        except ValueError as error:
            return SyntaxError(str(error), (filename, 1, None, None))

    def _without_magics(self, lines: list[str], filename: str) -> list[str]:
        """Take IPython's own lines out, those first at which Python stumbles."""
        lines = list(lines)
        for _ in range(min(_MOST_MAGICS, sum(map(_is_magic, lines)))):
            error = self._parsed("\n".join(lines), filename)
            if not isinstance(error, SyntaxError):
                return lines
            at = (error.lineno or 1) - 1
            if at >= len(lines) or not _is_magic(lines[at]):
                break
            lines[at] = _taken_out(lines[at])
        return [_taken_out(line) if _is_magic(line) else line for line in lines]

    def _salvage(self, lines: Sequence[str], filename: str, cell: int | None) -> None:
        """Parse block by block; one with a string over several lines may need those after it."""
        starts = [*_block_starts(lines), len(lines)]
        at = 0
        while at < len(starts) - 1:
            first = self._parsed("\n".join(lines[starts[at] : starts[at + 1]]), filename)
            tree, end = first, at + 1
            while (
                isinstance(tree, SyntaxError)
                and end < min(at + _MOST_PIECES, len(starts) - 1)
                and self.tries < _MOST_TRIES
            ):
                end += 1
                tree = self._parsed("\n".join(lines[starts[at] : starts[end]]), filename)
            if isinstance(tree, SyntaxError):
                end = at + 1
                block = "\n".join(lines[starts[at] : starts[end]])
                self._break(first, block, starts[at], cell)
            else:
                self._take(tree, starts[at], filename, cell)
            at = end

    def _break(self, error: Any, block: str, offset: int, cell: int | None) -> None:
        names = tuple(one or other for one, other in _DEFINES.findall(block)[:50])
        line = offset + (error.lineno or 1)
        kind = type(error).__name__
        self.source.broken.append(Broken(kind, error.msg or "invalid syntax", line, cell, names))


def _block_starts(lines: Sequence[str]) -> Iterator[int]:
    """Where a statement at the outermost level may begin; decorators belong to what follows."""
    decorated = False
    for number, line in enumerate(lines):
        if not line[:1].strip():
            continue
        if not decorated and (line.startswith("@") or not _CONTINUES.match(line)):
            yield number
        decorated = line.startswith("@") or (decorated and line.startswith("#"))


def _is_magic(line: str) -> bool:
    return bool(_MAGIC.match(line))


def _taken_out(line: str) -> str:
    """`pass` in the same column: a block must not become empty."""
    return line[: len(line) - len(line.lstrip())] + "pass"
