"""Steps as figures, and as moving pictures. All planes have cells of one size."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from convstep import canvas
from convstep.atomic import write_atomically
from convstep.errors import Shown, argument_error, type_error
from convstep.lens.panels import Column, Panel, columns
from convstep.lens.trace import Step
from convstep.lens.words import number
from convstep.ops.checks import Array

__all__ = ["animate", "plot"]

# Okabe and Ito's colours, which colour-blind people can tell apart.
_ORANGE, _BLUE, _GREEN, _SKY = "#d55e00", "#0072b2", "#007a5a", "#56b4e9"
_POSITIVE, _NEGATIVE = np.array([230, 159, 0]) / 255, np.array([0, 114, 178]) / 255
_TONES = np.array([[253, 226, 178], [190, 225, 246], [184, 228, 213], [240, 209, 226]]) / 255
_STRONGEST = 0.55  # of a colour behind a number
_PADDING, _LATER, _LINES = 0.9, 0.97, "#9aa3ad"

_CELL, _PLANE = 0.46, 3.4  # inches: of a cell at most, and of a plane at most
_LEAST = 0.26  # a smaller cell has no number in it
_MARGIN, _GAP, _TITLE, _LINE = 0.25, 0.4, 0.3, 0.17
_CHARACTER = 0.075  # inches, of the text below

_MOST_FRAMES = 500
_DPI = 80


def plot(trace: Any, step: Step) -> Any:
    """Draw a step."""
    layout = _Layout(columns(trace, step), step)
    figure = canvas.new_figure("Trace.plot", layout.width, layout.height, facecolor="white")
    layout.draw(figure)
    return figure


def animate(
    trace: Any, path: str | os.PathLike[str], fps: float, steps: Iterable[int] | None
) -> None:
    """Write the steps as a GIF."""
    name = "Trace.animate"
    if Path(path).suffix.lower() != ".gif":
        raise argument_error(name, "path", "end in .gif", str(path))
    if isinstance(fps, bool) or not isinstance(fps, int | float):
        raise type_error(name, "fps", "be a number of pictures a second", fps)
    if not 0.05 <= fps <= 50:
        raise argument_error(name, "fps", "be 0.05 to 50", fps)
    chosen = _chosen(name, trace, steps)
    layouts = (_Layout(columns(trace, step), step) for step in chosen)
    first = _Layout(columns(trace, chosen[0]), chosen[0])
    figure = canvas.new_figure(name, first.width, first.height, facecolor="white")
    content = canvas.gif(figure, _frames(figure, layouts), fps=fps, dpi=_DPI)
    write_atomically(Path(path), content)


def _chosen(function: str, trace: Any, steps: Iterable[int] | None) -> list[Step]:
    """Check which steps are to be seen: some, and not too many."""
    indices: Any = range(len(trace)) if steps is None else steps
    if not isinstance(indices, Iterable):
        raise type_error(function, "steps", "be the numbers of steps, such as range(20)", steps)
    indices = indices if isinstance(indices, range) else list(indices)
    if not 1 <= len(indices) <= _MOST_FRAMES:
        rule = f"be 1 to {_MOST_FRAMES} steps"
        advice = "steps=range(100) takes the first hundred." if len(indices) else ""
        raise argument_error(function, "steps", rule, Shown(f"{len(indices)} of them"), advice)
    return [trace._at(function, index) for index in indices]


def _frames(figure: Any, layouts: Iterable["_Layout"]) -> Iterator[None]:
    for layout in layouts:
        figure.clear()
        layout.draw(figure)
        yield


@dataclass(frozen=True)
class _Layout:
    """Where everything stands, in inches: the same for all steps of a trace."""

    columns: Sequence[Column]
    step: Step

    @property
    def cell(self) -> float:
        """The side of a cell."""
        longest = max(max(panel.values.shape) for column in self.columns for panel in column.panels)
        return min(_CELL, _PLANE / longest)

    @property
    def widths(self) -> list[float]:
        """Of the columns: their planes', or their titles'."""
        return [
            max(self.cell * column.panels[0].values.shape[1], 0.09 * len(column.title), 1.0)
            for column in self.columns
        ]

    @property
    def row(self) -> float:
        """The height of a row of planes, with its title."""
        tallest = max(column.panels[0].values.shape[0] for column in self.columns)
        return self.cell * tallest + _TITLE

    @property
    def width(self) -> float:
        """Of the figure."""
        inner = sum(self.widths) + _GAP * (len(self.columns) - 1)
        return max(inner + 2 * _MARGIN, 5.0)

    @property
    def height(self) -> float:
        """Of the figure."""
        rows = max(len(column.panels) for column in self.columns)
        return self.row * rows + 2 * _TITLE + self._below + 2 * _MARGIN

    @property
    def _below(self) -> float:
        return _LINE * self._most_lines

    @property
    def _most_lines(self) -> int:
        return 2 + 2 * len(self.step.describe().splitlines())

    def draw(self, figure: Any) -> None:
        """Draw it all."""
        left = _MARGIN
        for column, width in zip(self.columns, self.widths, strict=True):
            top = self.height - _MARGIN - _TITLE
            self._text(figure, left, top + 0.08, column.title, size=10, weight="bold")
            for panel in column.panels:
                self._panel(figure, panel, left, top - _TITLE)
                top -= self.row
            left += width + _GAP
        below = _MARGIN + self._below
        for line in self._lines():
            below -= _LINE
            self._text(figure, _MARGIN, below, line, size=8, family="monospace")

    def _lines(self) -> list[str]:
        characters = int((self.width - 2 * _MARGIN) / _CHARACTER)
        lines = [
            part
            for line in self.step.describe().splitlines()
            for part in wrap(line, characters, subsequent_indent="    ", drop_whitespace=False)
        ]
        return lines[: self._most_lines]

    def _panel(self, figure: Any, panel: Panel, left: float, top: float) -> None:
        """One plane below its title, given its upper left corner."""
        rows, columns = panel.values.shape
        width, height = columns * self.cell, rows * self.cell
        self._text(figure, left, top + 0.06, panel.title, size=8, color="#4d5560")
        across, up = self.width, self.height
        axes = figure.add_axes(
            (left / across, (top - height) / up, width / across, height / up), label=panel.title
        )
        _draw(axes, panel, self.cell)

    def _text(self, figure: Any, left: float, bottom: float, words: str, **style: Any) -> None:
        figure.text(left / self.width, bottom / self.height, words, va="bottom", **style)


def _draw(axes: Any, panel: Panel, cell: float) -> None:
    """Colours, lines, numbers, marks."""
    rows, columns = panel.values.shape
    axes.imshow(_colours(panel), aspect="auto", interpolation="nearest")
    axes.set(xticks=[], yticks=[], xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    if cell >= _LEAST:
        _grid(axes, rows, columns)
        _numbers(axes, panel, cell)
    if panel.marked is not None:
        for row, column in np.argwhere(panel.marked):
            _frame(axes, row, column, hatch="////", edgecolor=_BLUE, linewidth=0)
    if panel.window is not None:
        tall, wide = (axis.stop - axis.start for axis in panel.window)
        top, left = (axis.start for axis in panel.window)
        _frame(axes, top, left, tall, wide, edgecolor=_ORANGE, linewidth=3)
    if panel.cell is not None:
        _frame(axes, *panel.cell, edgecolor=_GREEN, linewidth=3)


def _colours(panel: Panel) -> Array:
    """Red, green and blue of each cell: negative is blue, positive orange, as far as it goes."""
    values = panel.values.astype(np.float64)
    share = np.clip(np.nan_to_num(values / (panel.scale or 1.0), nan=0.0), -1, 1)[..., None]
    full = np.where(share < 0, _NEGATIVE, _POSITIVE)
    colours: Array = 1 - np.abs(share) * _STRONGEST * (1 - full)
    if panel.tones is not None:
        colours = np.where(panel.tones[..., None] < 0, 1.0, _TONES[panel.tones])
    if panel.pad:
        inner = np.zeros(values.shape, bool)
        inner[panel.pad : -panel.pad, panel.pad : -panel.pad] = True
        colours[~inner & (values == 0)] = _PADDING
    if panel.later is not None:
        colours[panel.later] = _LATER
    return colours


def _grid(axes: Any, rows: int, columns: int) -> None:
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, colors=_LINES, linewidth=0.6)
    axes.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, colors=_LINES, linewidth=0.6)


def _numbers(axes: Any, panel: Panel, cell: float) -> None:
    shown = {
        (row, column): number(value, 3)
        for (row, column), value in np.ndenumerate(panel.values)
        if panel.later is None or not panel.later[row, column]
    }
    longest = max(map(len, shown.values()), default=1)
    size = min(10.0, 72 * cell * 0.9 / (0.62 * max(longest, 3)))
    for (row, column), text in shown.items():
        axes.text(column, row, text, ha="center", va="center", fontsize=size)


def _frame(axes: Any, top: int, left: int, tall: int = 1, wide: int = 1, **style: Any) -> None:
    """A frame around cells."""
    x, y = left - 0.5, top - 0.5
    (frame,) = axes.fill(
        [x, x + wide, x + wide, x], [y, y, y + tall, y + tall], fill=False, **style
    )
    frame.set_clip_on(False)
    frame.set_zorder(5)
