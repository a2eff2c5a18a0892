"""Steps as figures, and as moving pictures. All planes have cells of one size."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from math import ceil, floor, log10
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from convstep import canvas
from convstep.atomic import write_atomically
from convstep.errors import Shown, argument_error, type_error
from convstep.lens.panels import Column, Panel, columns
from convstep.lens.trace import Step
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
_MARGIN, _GAP, _SPACE, _TITLE, _LINE = 0.25, 0.4, 0.1, 0.3, 0.17
_CHARACTER, _LETTER = 0.072, 0.095  # of the text below, and of the titles

_MOST_FRAMES = 500
_DPI = 80


def plot(trace: Any, step: Step) -> Any:
    """Draw a step."""
    shown, words = columns(trace, step), step.describe()
    layout = _Layout(shown, words)
    figure = canvas.new_figure("Trace.plot", layout.width, layout.height, facecolor="white")
    layout.draw(figure, shown, words)
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
    layout = _Layout(columns(trace, chosen[0]), chosen[0].describe())
    figure = canvas.new_figure(name, layout.width, layout.height, facecolor="white")
    frames = _frames(figure, layout, trace, chosen)
    write_atomically(Path(path), canvas.gif(figure, frames, fps=fps, dpi=_DPI))


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


def _frames(figure: Any, layout: "_Layout", trace: Any, chosen: Iterable[Step]) -> Iterator[None]:
    for step in chosen:
        figure.clear()
        layout.draw(figure, columns(trace, step), step.describe())
        yield


class _Layout:
    """Where everything stands, in inches: laid out for one step of a trace, it fits them all."""

    def __init__(self, columns: Sequence[Column], words: str) -> None:
        shapes = [[panel.values.shape for panel in column.panels] for column in columns]
        self.cell = min(_CELL, _PLANE / max(max(shape) for one in shapes for shape in (*one, (1,))))
        self.widths = [
            max(self.cell * (of[0][1] if of else 0), _LETTER * len(column.title), 0.8)
            for of, column in zip(shapes, columns, strict=True)
        ]
        self.rows = [
            self.cell * max(shape[0] for shape in row if shape is not None) + _TITLE + _SPACE
            for row in zip_longest(*shapes)
        ]
        inner = sum(self.widths) + _GAP * (len(columns) - 1)
        self.width = max(inner + 2 * _MARGIN, 5.0)
        self.characters = int((self.width - 2 * _MARGIN) / _CHARACTER)
        lengths = [len(line) / self.characters for line in words.splitlines()]
        self.lines = sum(ceil(1.3 * of) if of > 0.7 else 1 for of in lengths)
        self.below = _MARGIN + self.lines * _LINE  # where the text begins
        self.height = _MARGIN + _TITLE + sum(self.rows) + _SPACE + self.below

    def draw(self, figure: Any, columns: Sequence[Column], words: str) -> None:
        """Draw a step."""
        left, start = _MARGIN, self.height - _MARGIN - _TITLE
        for column, width in zip(columns, self.widths, strict=True):
            self._text(figure, left, start + 0.08, column.title, size=10, weight="bold")
            top = start
            for panel, row in zip(column.panels, self.rows, strict=False):
                self._panel(figure, panel, left, top - _TITLE)
                top -= row
            left += width + _GAP
        lines = [part for line in words.splitlines() for part in self._wrapped(line)]
        for number_of, line in enumerate(lines[: self.lines], 1):
            below = self.below - number_of * _LINE
            self._text(figure, _MARGIN, below, line, size=8, family="monospace")

    def _wrapped(self, line: str) -> list[str]:
        return wrap(line, self.characters, subsequent_indent="    ", drop_whitespace=False)

    def _panel(self, figure: Any, panel: Panel, left: float, top: float) -> None:
        """One plane below its title, given its upper left corner."""
        rows, columns = panel.values.shape
        if panel.values.size == 0:
            return
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
    if panel.pad:
        tall, wide = rows - 2 * panel.pad, columns - 2 * panel.pad
        _frame(axes, panel.pad, panel.pad, tall, wide, edgecolor="#4d5560", linestyle="--")
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
    shown = _written(panel.values, panel.scale)
    size = min(10.0, 72 * cell * 0.9 / (0.62 * max(len(max(shown.flat, key=len)), 3)))
    for (row, column), text in np.ndenumerate(shown):
        if panel.later is None or not panel.later[row, column]:
            axes.text(column, row, text, ha="center", va="center", fontsize=size)


def _written(values: Array, scale: float) -> Array:
    """The numbers of a plane, all to the same place after the point; whole ones without."""
    finite = values[np.isfinite(values)]
    if np.array_equal(finite, np.round(finite)) and scale < 1e5:
        spelling = "z.0f"
    elif 1e-2 <= scale < 1e5:
        spelling = f"z.{max(0, 2 - floor(log10(scale)))}f"
    else:
        spelling = "z.2g"
    written = [format(float(value), spelling) if value else "0" for value in values.flat]
    return np.array(written, object).reshape(values.shape)


def _frame(axes: Any, top: int, left: int, tall: int = 1, wide: int = 1, **style: Any) -> None:
    """A frame around cells."""
    x, y = left - 0.5, top - 0.5
    (frame,) = axes.fill(
        [x, x + wide, x + wide, x], [y, y, y + tall, y + tall], fill=False, **style
    )
    frame.set_clip_on(False)
    frame.set_zorder(5)
