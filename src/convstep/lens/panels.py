"""What the figure of a step shows: columns of planes, and what is marked in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convstep.lens.step import Step
from convstep.lens.trace import Trace
from convstep.lens.trace_conv import ConvBackwardTrace, ConvForwardTrace
from convstep.lens.trace_pad import ZeroPadTrace
from convstep.lens.trace_pool import PoolBackwardStep, PoolBackwardTrace, PoolForwardTrace
from convstep.ops.checks import Array

__all__ = ["Column", "Panel", "columns"]

_MOST = 4  # channels that are shown


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One plane of an array.

    Parameters
    ----------
    title : str
    values : ndarray, shape (rows, columns)
    scale : float
        The absolute value that has the full colour.
    window : (slice, slice), optional
        Rows and columns that are framed.
    cell : (int, int), optional
        The current cell.
    pad : int
        How many rows and columns at each side are padding.
    later : ndarray of bool, optional
        Cells whose turn has not come: they stay empty.
    marked : ndarray of bool, optional
        Cells that are hatched: the maxima.
    tones : ndarray of int, optional
        Cells of one tone belong together: one of four colours each, or none for -1.
    """

    title: str
    values: Array
    scale: float = 0.0
    window: tuple[slice, slice] | None = None
    cell: tuple[int, int] | None = None
    pad: int = 0
    later: Array | None = None
    marked: Array | None = None
    tones: Array | None = None


@dataclass(frozen=True)
class Column:
    """Planes of one array, one below the other."""

    title: str
    panels: Sequence[Panel]


def columns(trace: Any, step: Step) -> list[Column]:
    """Choose what the figure of a step shows."""
    return _SHOWN[trace.function](trace, step)


def _zero_pad(trace: ZeroPadTrace, step: Step) -> list[Column]:
    channels, pad = _shown(trace.shape[3], step.c), trace.pad
    source = step.h - pad, step.w - pad
    inside = all(0 <= at < size for at, size in zip(source, trace.X.shape[1:3], strict=True))

    def before(c: int) -> dict[str, Any]:
        return {"cell": source if c == step.c and inside else None}

    def after(c: int) -> dict[str, Any]:
        return {**_turn(trace, step, c), "pad": pad}

    return [
        _images("X", trace.X, step.i, channels, before),
        _images("X_pad", trace.result, step.i, channels, after),
    ]


def _conv_forward(trace: ConvForwardTrace, step: Any) -> list[Column]:
    return [
        _padded_input(trace, step),
        _filters("W", trace.W, step.c),
        Column("products", [
            Panel(title=f"[:, :, {k}]", values=step.products[..., k], scale=_most(step.products))
            for k in _shown(trace.W.shape[2])
        ]),
        _images(
            "Z", trace.result, step.i, _shown(trace.shape[3], step.c),
            lambda c: _turn(trace, step, c),
        ),
    ]  # fmt: skip


def _conv_backward(trace: ConvBackwardTrace, step: Step) -> list[Column]:
    totals, (dA_prev, dW, db) = trace.totals(step), trace.result
    added = {"window": _window(step), "pad": trace.pad, "scale": _most(dA_prev)}
    channels = _shown(trace.W.shape[2])
    return [
        _images(
            "dZ", trace.dZ, step.i, _shown(trace.shape[3], step.c),
            lambda c: {"cell": (step.h, step.w) if c == step.c else None},
        ),
        _filters("W", trace.W, step.c),
        _images("dA_prev_pad so far", totals["dA_prev_pad"], step.i, channels, lambda _: added),
        _padded_input(trace, step),
        _filters("dW so far", totals["dW"], step.c, _most(dW)),
        _biases("db so far", totals["db"], step.c, _most(db)),
    ]  # fmt: skip


def _pool_forward(trace: PoolForwardTrace, step: Any) -> list[Column]:
    channels = _shown(trace.shape[3], step.c)
    return [
        _pooled_input(trace, step, channels, step.mask),
        _images("A", trace.result, step.i, channels, lambda c: {
            **_turn(trace, step, c), "tones": _tones(trace, trace.shape[1:3], 1, 1),
        }),
    ]  # fmt: skip


def _pool_backward(trace: PoolBackwardTrace, step: PoolBackwardStep) -> list[Column]:
    channels, scale = _shown(trace.shape[3], step.c), _most(trace.result)
    total = trace.totals(step)["dA_prev"]
    return [
        _images("dA", trace.dA, step.i, channels, lambda c: {
            "cell": (step.h, step.w) if c == step.c else None,
            "tones": _tones(trace, trace.shape[1:3], 1, 1),
        }),
        _pooled_input(trace, step, channels, step.mask),
        _images("dA_prev so far", total, step.i, channels, lambda c: {
            "window": _window(step) if c == step.c else None, "scale": scale,
        }),
    ]  # fmt: skip


_SHOWN: dict[str, Callable[[Any, Any], list[Column]]] = {
    "zero_pad": _zero_pad,
    "conv_forward": _conv_forward,
    "conv_backward": _conv_backward,
    "pool_forward": _pool_forward,
    "pool_backward": _pool_backward,
}


def _images(
    name: str, array: Array, i: int, channels: range, marks: Callable[[int], dict[str, Any]]
) -> Column:
    """Channels of one example; `marks` gives what is marked in one."""
    panels = [
        Panel(
            title=f"[{i}, :, :, {c}]", values=array[i, ..., c],
            **{"scale": _most(array[i]), **marks(c)},
        )
        for c in channels
    ]  # fmt: skip
    return Column(_of(name, channels, array.shape[3]), panels)


def _filters(name: str, array: Array, c: int, scale: float | None = None) -> Column:
    """The input channels of filter c."""
    scale, channels = _most(array) if scale is None else scale, _shown(array.shape[2])
    panels = [
        Panel(title=f"[:, :, {k}, {c}]", values=array[..., k, c], scale=scale) for k in channels
    ]
    return Column(_of(name, channels, array.shape[2]), panels)


def _biases(name: str, array: Array, c: int, scale: float) -> Column:
    """The filters' numbers, one below the other."""
    channels = _shown(array.shape[3], c)
    values, title = array[0, 0, 0, channels, None], f"[..., {channels.start}:{channels.stop}]"
    panel = Panel(title=title, values=values, scale=scale, cell=(c - channels.start, 0))
    return Column(name, [panel])


def _padded_input(trace: ConvForwardTrace | ConvBackwardTrace, step: Step) -> Column:
    marks = {"window": _window(step), "pad": trace.pad}
    name = "A_prev_pad" if trace.pad else "A_prev"
    channels = _shown(trace.W.shape[2])
    return _images(name, trace.A_prev_pad, step.i, channels, lambda _: marks)


def _pooled_input(
    trace: PoolForwardTrace | PoolBackwardTrace, step: Step, channels: range, mask: Array | None
) -> Column:
    """The input with its windows in colours, where they do not overlap, and the maxima."""
    sizes = trace.A_prev.shape[1:3]
    window, marked = _window(step), np.zeros(sizes, bool)
    marked[window] = False if mask is None else mask

    def marks(c: int) -> dict[str, Any]:
        here = {"window": window, "marked": marked} if c == step.c else {}
        return {"tones": _tones(trace, sizes, trace.f, trace.stride), **here}

    return _images("A_prev", trace.A_prev, step.i, channels, marks)


def _tones(trace: Trace[Any], sizes: Sequence[int], f: int, stride: int) -> Array | None:
    """The colours of windows side by side: no two neighbours have the same."""
    if trace.stride < trace.f:
        return None
    rows, columns = (np.arange(size) for size in sizes)
    tones = (rows // stride % 2)[:, None] * 2 + (columns // stride % 2)
    used = [
        (at % stride < f) & (at // stride < count)
        for at, count in zip((rows, columns), trace.shape[1:3], strict=True)
    ]
    return np.where(used[0][:, None] & used[1], tones, -1)


def _turn(trace: Trace[Any], step: Step, c: int) -> dict[str, Any]:
    """In the output: the current cell, and those whose turn has not come."""
    _, rows, columns, channels = trace.shape
    indices = ((step.i * rows + np.arange(rows))[:, None] * columns + np.arange(columns)) * channels
    return {
        "cell": (step.h, step.w) if c == step.c else None,
        "later": indices + c > step.index,
    }


def _window(step: Step) -> tuple[slice, slice]:
    return slice(step.vert_start, step.vert_end), slice(step.horiz_start, step.horiz_end)


def _shown(count: int, at: int = 0) -> range:
    """Which channels, if there are too many: the current one among them."""
    first = max(0, min(at - 1, count - _MOST))
    return range(first, min(first + _MOST, count))


def _of(name: str, shown: range, count: int) -> str:
    return name if len(shown) == count else f"{name} ({len(shown)} of {count} channels)"


def _most(array: Array) -> float:
    """The largest absolute value that is finite."""
    values = np.abs(array[np.isfinite(array)].astype(np.float64))
    return float(values.max(initial=0.0))
