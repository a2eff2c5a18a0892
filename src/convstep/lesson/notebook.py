"""The lesson as a Jupyter notebook: nbformat 4.5."""

import json
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from typing import Any

from convstep.lesson.cells import Cell, Onward, Picture, Prose
from convstep.lesson.drawing import svg, text
from convstep.lesson.text import joined

__all__ = ["notebook"]


def notebook(cells: Iterable[Cell], as_text: str) -> str:
    """Write the lesson as the JSON of a notebook."""
    made = [_cell(number, cell, as_text) for number, cell in enumerate(cells)]
    contents = {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(contents, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, cell: Cell, as_text: str) -> dict[str, Any]:
    if isinstance(cell, Prose):
        return _markdown(number, joined(cell.text))
    if isinstance(cell, Picture):
        return _markdown(number, _picture(cell, as_text))
    if isinstance(cell, Onward):
        function = cell.function
        return _code(number, f"import convstep as cs\n\ncs.check.check({function}={function})")
    return _code(number, f"{cell.source}\n\n\n{cell.call}".rstrip("\n"))


def _picture(cell: Picture, as_text: str) -> str:
    """A figure as an image in the page, and in letters below it.

    JupyterLab shows an SVG image from a data address, and neither an attached one nor an element.
    """
    address = b64encode(svg(cell.figure).encode()).decode()
    caption = escape(cell.figure.caption)
    return (
        f'<img src="data:image/svg+xml;base64,{address}" alt="{caption}">\n\n'
        f"<details><summary>{as_text}</summary>\n"
        f"<pre>{escape(text(cell.figure))}</pre></details>"
    )


def _markdown(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "markdown",
        "id": f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }


def _code(number: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{number}",
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }
