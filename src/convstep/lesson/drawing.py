"""Grids of numbers side by side, drawn as SVG and as plain text from the same description."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

__all__ = ["Figure", "Grid", "columns", "svg", "text"]

PLAIN, PADDING, HIDDEN = ".", "p", " "
"""Tones of cells; any other letter, of "abcd", is one of four colours."""

_CELL, _STEP, _MARGIN, _TITLE = 34, 7, 16, 18

# The card is opaque, and follows the system's scheme: so it can be read on any page.
_STYLE = """
text{font:15px system-ui,sans-serif;fill:#1f2328;text-anchor:middle}
.small{font-size:13px}.title{font-size:13px;fill:#59636e}.sign{font-size:22px}
.card{fill:#fff;stroke:#d1d9e0}rect{stroke:#8c959f}
.t{fill:#fff}.p{fill:#eaeef2}.a{fill:#b6dcff}.b{fill:#ffd8a8}.c{fill:#c3ecc7}.d{fill:#e6d3fa}
@media(prefers-color-scheme:dark){
text{fill:#f0f6fc}.title{fill:#9198a1}
.card{fill:#151b23;stroke:#3d444d}rect{stroke:#656c76}
.t{fill:#151b23}.p{fill:#2d343d}.a{fill:#154a7d}.b{fill:#7a4510}.c{fill:#1f5b2c}.d{fill:#553285}}
"""


@dataclass(frozen=True)
class Grid:
    """Numbers in rows and columns.

    Parameters
    ----------
    title : str
        What stands above it.
    numbers : ndarray, shape (rows, columns)
    tones : sequence of str
        A string for each row with a letter for each cell: "." plain, "p" padding, " " not drawn,
        "a" to "d" coloured. Nothing: all plain.
    behind : int
        How many more channels are hinted at behind it.
    """

    title: str
    numbers: NDArray[Any]
    tones: Sequence[str] = ()
    behind: int = 0

    def cells(self) -> Iterator[tuple[int, int, str, str]]:
        """Row, column, number and tone of each cell that is drawn."""
        for (row, column), number in np.ndenumerate(self.numbers):
            tone = self.tones[row][column] if self.tones else PLAIN
            if tone != HIDDEN:
                yield row, column, f"{number:g}", tone


@dataclass(frozen=True)
class Figure:
    """Grids from left to right, with signs such as an arrow between them, and what they show."""

    caption: str
    items: tuple[Grid | str, ...]


def toned(
    numbers: NDArray[Any], tone: Callable[[int, int], str] = lambda row, column: PLAIN
) -> list[str]:
    """Tones for a grid, from a function of row and column."""
    rows, count = numbers.shape
    return ["".join(tone(row, column) for column in range(count)) for row in range(rows)]


def columns(words: str) -> int:
    """Columns that text takes where letters have one width: two for each East Asian letter."""
    return len(words) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)


def svg(figure: Figure) -> str:
    """Draw a figure as SVG."""
    body = max(_height(item) for item in figure.items if isinstance(item, Grid))
    top, x = _MARGIN + _TITLE, float(_MARGIN)
    shapes: list[str] = []
    for item in figure.items:
        middle = x + _width(item) / 2
        if isinstance(item, Grid):
            shapes.append(_words(middle, _MARGIN + 11, item.title, "title"))
            shapes += _grid(item, middle, top + (body - _height(item)) / 2)
        else:
            shapes.append(_words(middle, top + body / 2 + 8, item, "sign"))
        x += _width(item) + _MARGIN
    width, height = round(x), top + body + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img"><title>{escape(figure.caption)}</title>'
        f"<style>{_STYLE}</style>"
        f'<rect class="card" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>'
        f"{''.join(shapes)}</svg>\n"
    )


def _height(grid: Grid) -> int:
    return _CELL * len(grid.numbers) + _STEP * grid.behind


def _width(item: Grid | str) -> float:
    if isinstance(item, str):
        return 14.0 * len(item)
    drawn: int = _CELL * item.numbers.shape[1] + _STEP * item.behind
    return max(drawn, 6.7 * columns(item.title))


def _grid(grid: Grid, middle: float, top: float) -> Iterator[str]:
    rows, count = grid.numbers.shape
    left = middle - (_CELL * count + _STEP * grid.behind) / 2
    for layer in range(grid.behind, 0, -1):
        x, y = left + _STEP * layer, top + _STEP * (grid.behind - layer)
        yield _box(x, y, _CELL * count, _CELL * rows, "p" if _padded(grid) else "t")
    top += _STEP * grid.behind
    for row, column, number, tone in grid.cells():
        x, y = left + _CELL * column, top + _CELL * row
        yield _box(x, y, _CELL, _CELL, "t" if tone == PLAIN else tone)
        yield _words(x + _CELL / 2, y + _CELL / 2 + 5, number, "small" if len(number) > 3 else "")


def _padded(grid: Grid) -> bool:
    return any(PADDING in row for row in grid.tones)


def _box(x: float, y: float, width: float, height: float, tone: str) -> str:
    return f'<rect class="{tone}" x="{x:g}" y="{y:g}" width="{width}" height="{height}"/>'


def _words(x: float, y: float, words: str, kind: str = "") -> str:
    mark = f' class="{kind}"' if kind else ""
    return f'<text{mark} x="{x:g}" y="{y:g}">{escape(words)}</text>'


def text(figure: Figure) -> str:
    """Draw a figure in letters: coloured cells in brackets where others are not."""
    blocks = [_block(item) for item in figure.items]
    height = max(map(len, blocks))
    lines = [""] * height
    for item, block in zip(figure.items, blocks, strict=True):
        offset = (height - len(block)) // 2 if isinstance(item, str) else 0
        width = max(map(columns, block))
        for row in range(height):
            part = block[row - offset] if 0 <= row - offset < len(block) else ""
            lines[row] += part + " " * (width - columns(part) + 3)
    return "\n".join(line.rstrip() for line in lines)


def _block(item: Grid | str) -> list[str]:
    if isinstance(item, str):
        return [item]
    rows, count = item.numbers.shape
    cells = {(row, column): (number, tone) for row, column, number, tone in item.cells()}
    wide = max(len(number) for number, _ in cells.values())
    tones = {tone for _, tone in cells.values()}
    marked = tones - {PADDING, PLAIN}
    lines = []
    for row in range(rows):
        line = ""
        for column in range(count):
            number, tone = cells.get((row, column), ("", PLAIN))
            left, right = "[]" if len(marked) == 1 < len(tones) and tone in marked else "  "
            line += left + number.rjust(wide) + right
        lines.append(line.rstrip())
    return [item.title, *lines]
