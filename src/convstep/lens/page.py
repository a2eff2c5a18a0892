"""The page: one HTML file that needs nothing else, neither files beside it nor a network."""

import json
import os
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from convstep.atomic import write_atomically
from convstep.lens.code import OPERATIONS, program
from convstep.lens.situation import presets

__all__ = ["SCHEMA", "Lens", "frame", "page"]

SCHEMA = 1

# Nothing may be fetched: the browser itself sees to it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<noscript>This page computes what it shows: it needs JavaScript.</noscript>
<div id="root"></div>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def page(data: Mapping[str, Any], *, title: str = "convstep lens") -> str:
    """Write the page.

    Parameters
    ----------
    data : mapping
        ``{"view": "steps", "situation": ...}`` or ``{"view": "network", "network": ...}``, as
        docs/lens.md has them.
    title : str

    Returns
    -------
    str
        HTML.
    """
    whole = {
        "schema": SCHEMA,
        "code": {operation: program(operation) for operation in OPERATIONS},
        "presets": presets(),
        **data,
    }
    return _PAGE.format(
        policy=_POLICY,
        title=escape(title.encode("utf-8", "replace").decode()),  # such as a file's name
        style=_asset("lens.css"),
        data=_for_a_script(json.dumps(whole, allow_nan=False, separators=(",", ":"))),
        script=_asset("lens.js").replace("</script", "<\\/script"),
    )


def frame(html: str, *, height: int = 860) -> str:
    """Put a page into a frame, for the cell of a notebook: it stays in the notebook's file.

    Parameters
    ----------
    html : str
        What `page` returned.
    height : int
        In pixels.
    """
    return (
        f'<iframe title="convstep lens" sandbox="allow-scripts allow-downloads" '
        f'style="width:100%;height:{height}px;border:0" srcdoc="{escape(html)}"></iframe>'
    )


class Lens:
    """What has a page: it can be written to a file, and a notebook shows it in its cell."""

    def html(self) -> str:
        """Return the page."""
        raise NotImplementedError

    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write the page: one file that needs no network; one that is there is replaced whole."""
        write_atomically(Path(path), self.html().encode())

    def _repr_html_(self) -> str:
        return frame(self.html())


@cache
def _asset(name: str) -> str:
    return files("convstep.lens").joinpath("assets", name).read_text(encoding="utf-8")


def _for_a_script(text: str) -> str:
    """JSON in which no browser sees an end of the script."""
    return text.replace("<", "\\u003c")
