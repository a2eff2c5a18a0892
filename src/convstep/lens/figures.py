"""Steps as figures, and as moving pictures. All planes have cells of one size."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from convstep.lens.step import Step
from convstep.ops.checks import Array

__all__ = ["animate", "plot"]

# Okabe and Ito's colours, which colour-blind people can tell apart.
_ORANGE, _BLUE, _GREEN = "#d55e00", "#0072b2", "#007a5a"
_POSITIVE, _NEGATIVE = np.array([230, 159, 0]) / 255, np.array([0, 114, 178]) / 255
_TONES = np.array([[253, 226, 178], [190, 225, 246], [184, 228, 213], [240, 209, 226]]) / 255
_STRONGEST = 0.55  # of a colour behind a number
_PADDING, _LATER, _LINES, _DARK = 0.9, 0.97, "#9aa3ad", "#4d5560"

_CELL, _PLANE = 0.46, 3.4  # inches: of a cell at most, and of a plane at most
_LEAST = 0.26  # a smaller cell has no number in it
_MARGIN, _GAP, _SPACE, _TITLE, _LINE = 0.25, 0.4, 0.1, 0.3, 0.17
_CHARACTER, _LETTER = 0.072, 0.095  # of the text below, and of the titles

_MOST_FRAMES = 300
_DPI = 80


def plot(trace: Any, step: Step) -> Any:
    """Draw a step."""
    shown, words = columns(trace, step), step.describe()
    layout = _Layout(shown, words)
    figure = canvas.new_figure("Trace.plot", layout.width, layout.height, facecolor="white")
    layout.draw(figure, shown, words)
    return figure


def animate(
    trace: Any, path: str | os.PathLike[str], fps: float, steps: Iterable[int | Step] | None
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


def _chosen(function: str, trace: Any, steps: Iterable[int | Step] | None) -> list[Step]:
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
        """Draw a step, on one sheet that is measured in inches."""
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, self.width), ylim=(0, self.height))
        axes.set_axis_off()
        axes.autoscale(False)
        left, start = _MARGIN, self.height - _MARGIN - _TITLE
        for column, width in zip(columns, self.widths, strict=True):
            axes.text(left, start + 0.08, column.title, fontsize=10, fontweight="bold")
            top = start
            for panel, row in zip(column.panels, self.rows, strict=False):
                _Plane(axes, panel, left, top - _TITLE, self.cell).draw()
                top -= row
            left += width + _GAP
        lines = [part for line in words.splitlines() for part in self._wrapped(line)]
        for place, line in enumerate(lines[: self.lines], 1):
            axes.text(_MARGIN, self.below - place * _LINE, line, fontsize=8, family="monospace")

    def _wrapped(self, line: str) -> list[str]:
        return wrap(line, self.characters, subsequent_indent="    ", drop_whitespace=False)


@dataclass(frozen=True)
class _Plane:
    """One panel on the sheet, given its upper left corner and the side of its cells."""

    axes: Any
    panel: Panel
    left: float
    top: float
    cell: float

    def draw(self) -> None:
        """Draw colours, lines, numbers, marks."""
        panel, (rows, columns) = self.panel, self.panel.values.shape
        self.axes.text(self.left, self.top + 0.06, panel.title, fontsize=8, color=_DARK)
        if panel.values.size == 0:
            return
        extent = (*self._x(0, columns), *self._y(rows, 0))
        written = self.cell >= _LEAST
        colours = _colours(panel, tones=written)  # without numbers, the values' colours are needed
        self.axes.imshow(colours, extent=extent, aspect="auto", interpolation="nearest")
        self._frame(slice(0, rows), slice(0, columns), edgecolor=_DARK, linewidth=0.8)
        if written:
            self._grid(rows, columns)
            self._numbers()
        if panel.marked is not None:
            for row, column in np.argwhere(panel.marked):
                at = slice(row, row + 1), slice(column, column + 1)
                self._frame(*at, hatch="////", edgecolor=_BLUE, linewidth=0)
        if panel.pad:
            inner = slice(panel.pad, rows - panel.pad), slice(panel.pad, columns - panel.pad)
            self._frame(*inner, edgecolor=_DARK, linestyle="--")
        if panel.window is not None:
            self._frame(*panel.window, edgecolor=_ORANGE, linewidth=3)
        if panel.cell is not None:
            row, column = panel.cell
            at = slice(row, row + 1), slice(column, column + 1)
            self._frame(*at, edgecolor=_GREEN, linewidth=3)

    def _x(self, *columns: float) -> tuple[float, ...]:
        return tuple(self.left + column * self.cell for column in columns)

    def _y(self, *rows: float) -> tuple[float, ...]:
        return tuple(self.top - row * self.cell for row in rows)

    def _grid(self, rows: int, columns: int) -> None:
        style = {"colors": _LINES, "linewidth": 0.6}
        self.axes.hlines(self._y(*range(1, rows)), *self._x(0, columns), **style)
        self.axes.vlines(self._x(*range(1, columns)), *self._y(rows, 0), **style)

    def _numbers(self) -> None:
        panel = self.panel
        shown = _written(panel.values, panel.scale)
        letters = max(3, max(map(len, shown.flat)))
        size = min(10.0, 72 * self.cell * 0.9 / (0.62 * letters))
        style = {"ha": "center", "va": "center", "fontsize": size}
        for (row, column), text in np.ndenumerate(shown):
            if panel.later is None or not panel.later[row, column]:
                self.axes.text(*self._x(column + 0.5), *self._y(row + 0.5), text, **style)

    def _frame(self, rows: slice, columns: slice, **style: Any) -> None:
        left, right = self._x(columns.start, columns.stop)
        top, bottom = self._y(rows.start, rows.stop)
        corners = (left, right, right, left), (top, top, bottom, bottom)
        self.axes.fill(*corners, fill=False, zorder=5, **style)


def _colours(panel: Panel, *, tones: bool) -> Array:
    """Red, green and blue of each cell: negative is blue, positive orange, as far as it goes."""
    values = panel.values.astype(np.float64)
    share = np.clip(np.nan_to_num(values / (panel.scale or 1.0), nan=0.0), -1, 1)[..., None]
    full = np.where(share < 0, _NEGATIVE, _POSITIVE)
    colours: Array = 1 - np.abs(share) * _STRONGEST * (1 - full)
    if tones and panel.tones is not None:
        colours = np.where(panel.tones[..., None] < 0, 1.0, _TONES[panel.tones])
    if panel.pad:
        inner = np.zeros(values.shape, bool)
        inner[panel.pad : -panel.pad, panel.pad : -panel.pad] = True
        colours[~inner & (values == 0)] = _PADDING
    if panel.later is not None:
        colours[panel.later] = _LATER
    return colours


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
