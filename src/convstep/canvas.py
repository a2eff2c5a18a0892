"""Figures and moving pictures: the one place where matplotlib is imported."""

import io
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from convstep.errors import MissingExtraError


def new_figure(function: str, width: float, height: float, **options: Any) -> Any:
    """Return an empty figure of a size in inches, apart from pyplot: no window, no global state.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed; `function` is the name that it says.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError(
            f"{function}: matplotlib is not installed. pip install 'convstep[plot]' installs it."
        ) from error
    figure: Any = Figure(figsize=(width, height), **options)
    figure._repr_png_ = partial(_png, figure)  # a notebook shows it, with pyplot or without
    return figure


def gif(figure: Any, frames: Iterable[Any], *, fps: float, dpi: int) -> bytes:
    """Take a picture of the figure each time that `frames` yields, and make them a GIF."""
    from matplotlib.animation import PillowWriter

    with TemporaryDirectory() as folder:  # the writer wants a path
        path = Path(folder) / "moving.gif"
        writer = PillowWriter(fps=cast(int, fps))  # a fraction will do, whatever it declares
        with writer.saving(figure, path, dpi):
            for _ in frames:
                writer.grab_frame()
        return path.read_bytes()


def _png(figure: Any) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
