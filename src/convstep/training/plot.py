"""A run's history as a figure."""

from typing import TYPE_CHECKING, Any

import numpy as np

from convstep.canvas import new_figure

if TYPE_CHECKING:
    from convstep.training.history import History

_VALIDATION = "validation_"
_NOT_DRAWN = ("seconds",)
_WIDTH, _HEIGHT = 4.5, 3.5  # of one set of axes, in inches


def figure(history: "History") -> Any:
    """Draw each series over the epochs, one set of axes for each name.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    names = [name for name in history.names if not _hidden(name)] or ["loss"]
    drawing = new_figure("History.plot", _WIDTH * len(names), _HEIGHT, layout="constrained")
    epochs = np.arange(1, history.epochs + 1)
    for axes, name in zip(np.ravel(drawing.subplots(1, len(names))), names, strict=True):
        for series, label in ((name, "training"), (f"{_VALIDATION}{name}", "validation")):
            if series in history.names:
                axes.plot(epochs, history[series], marker=".", label=label)
        if history.best_epoch is not None:
            axes.axvline(history.best_epoch, color="grey", linestyle=":", label="best epoch")
        axes.set(xlabel="epoch", ylabel=name.replace("_", " "))
        if axes.get_legend_handles_labels()[0]:
            axes.legend()
    return drawing


def _hidden(name: str) -> bool:
    return name in _NOT_DRAWN or name.startswith(_VALIDATION)
