"""A failing case as HTML: small grids of numbers, with what differs marked."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import numpy as np

from convstep.check.report import Example
from convstep.check.views.planes import as_array, differences, named, number, planes, short

__all__ = ["example_html"]

_MOST_PLANES = 6
_LARGEST_PLANE = 10  # rows or columns
_IMAGES = ("A_prev", "X")  # the arguments over which a window moves


def example_html(example: Example) -> str:
    """Draw a case: its arguments, what is right, what came, and where they part."""
    window = _window(example)
    given = "".join(
        figure
        for name, value in named(example.arguments)
        for figure in _figures(name, value, {"cs-window": window} if name in _IMAGES else {})
    )
    return (
        '<div class="cs-example"><p class="cs-soft">The smallest case that fails</p>'
        f'<div class="cs-row">{given}</div><div class="cs-row">{_results(example)}</div>'
        f"{_parting(example)}</div>"
    )


def _results(example: Example) -> str:
    off = differences(example.expected, example.got)
    marks = {} if off is None else {"cs-off": off, "cs-first": _first(example, off)}
    here = {} if off is None else {"cs-ok": marks["cs-first"]}
    right = "".join(_figures(f"right {example.output}", example.expected, here))
    if isinstance(example.got, str):
        return f"{right}<p>your {escape(example.output)}: {escape(example.got)}</p>"
    return right + "".join(_figures(f"your {example.output}", example.got, marks))


def _first(example: Example, off: Any) -> Any:
    mask = np.zeros(off.shape, bool)
    if example.index is not None:
        mask[tuple(example.index)] = True
    return mask


def _parting(example: Example) -> str:
    if example.index is None:
        return ""
    right, yours = (escape(number(n)) for n in (example.cell_expected, example.cell_got))
    return (
        f"<p>They part first at {escape(example.where)}: right is <b>{right}</b>, "
        f"yours <b>{yours}</b>. (* marks what differs.)</p>"
    )


def _window(example: Example) -> Any:
    """The cells of the image that make the first wrong cell of a map; None where none is told."""
    name = next((name for name in _IMAGES if name in example.arguments), "")
    image = as_array(example.arguments.get(name))
    setting, index = example.setting, example.index
    if image is None or image.ndim != 4 or index is None or len(index) != 4:
        return None
    if example.output not in ("Z", "A") or not {"f", "stride"} <= set(setting):
        return None
    pad = setting.get("pad", 0)
    rows, columns = (
        slice(max(0, n * setting["stride"] - pad), n * setting["stride"] - pad + setting["f"])
        for n in index[1:3]
    )
    mask = np.zeros(image.shape, bool)
    mask[index[0], rows, columns, index[3] if example.output == "A" else slice(None)] = True
    return mask


def _figures(name: str, value: Any, marks: Mapping[str, Any]) -> Iterator[str]:
    """A value as one figure, or an array's planes as one each."""
    array = as_array(value)
    if array is None or (array.size == 1 and array.ndim < 2):
        yield _figure(name, f"<code>{escape(_told(value))}</code>")
    elif not array.size or max(array.shape) > _LARGEST_PLANE or array.ndim > 4:
        yield _figure(name, f"<span>shape {array.shape}</span>")
    else:
        found = planes(name, array.shape)
        for label, index in found[:_MOST_PLANES]:
            masks = {word: mask[index] for word, mask in marks.items() if mask is not None}
            yield _figure(name + label, _grid(array[index], masks))
        if len(found) > _MOST_PLANES:
            yield _figure(name, f"<span>and {len(found) - _MOST_PLANES} more planes</span>")


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {short(item)}" for key, item in value.items())
    return short(value)


def _figure(name: str, content: str) -> str:
    return f"<figure><figcaption>{escape(name)}</figcaption>{content}</figure>"


def _grid(plane: Any, masks: Mapping[str, Any]) -> str:
    plane = np.atleast_2d(plane)
    masks = {word: np.atleast_2d(mask) for word, mask in masks.items()}
    rows = []
    for r, row in enumerate(plane.tolist()):
        cells = ""
        for c, value in enumerate(row):
            words = " ".join(word for word, mask in masks.items() if mask[r, c])
            cells += f'<td class="{words}">' if words else "<td>"
            cells += f"{escape(number(value))}</td>"
        rows.append(f"<tr>{cells}</tr>")
    return f'<table class="cs-grid"><tbody>{"".join(rows)}</tbody></table>'
