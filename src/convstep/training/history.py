"""What happened, epoch by epoch.

``history.json`` is one object::

    {
      "format": "convstep history",
      "version": 1,
      "best_epoch": 7,              the epoch whose parameters were kept; null for the last
      "epochs": 10,                 how many epochs were finished
      "series": {                   for each name one number per epoch, in order
        "loss": [2.1, ...],         means over the epoch's batches, while it trained
        "accuracy": [0.3, ...],
        "validation_loss": [...],   at the epoch's end, only if there was validation data
        "validation_accuracy": [...],
        "learning_rate": [...],     of the epoch's last step
        "seconds": [...]            the epoch's time, validation included
      }
    }

Epochs count from 1. A number that JSON does not know (NaN, infinity) is null.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.atomic import write_atomically
from convstep.errors import MissingKeyError, argument_error

FORMAT, VERSION = "convstep history", 1


class History:
    """Numbers of each finished epoch, by name.

    Attributes
    ----------
    epochs : int
        How many epochs were finished.
    best_epoch : int or None
        The epoch, counted from 1, whose parameters were kept; None if they are the last ones.

    Examples
    --------
    >>> history = History()
    >>> history.append({"loss": 2.0, "accuracy": 0.25})
    >>> history["loss"]
    array([2.])
    """

    def __init__(self) -> None:
        self.epochs = 0
        self.best_epoch: int | None = None
        self._series: dict[str, list[float]] = {}

    def append(self, values: Mapping[str, float]) -> None:
        """Add an epoch; each epoch has the same names."""
        for name, value in values.items():
            self._series.setdefault(name, []).append(float(value))
        self.epochs += 1

    @property
    def names(self) -> tuple[str, ...]:
        """What there are numbers of."""
        return tuple(self._series)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        if name not in self._series:
            rule = f"be one of {self.names}"
            raise argument_error("History", "name", rule, name, kind=MissingKeyError)
        return np.array(self._series[name])

    def __repr__(self) -> str:
        return f"History(epochs={self.epochs}, names={self.names})"

    def plot(self) -> Any:
        """Draw each number over the epochs; those on validation data beside their own.

        Returns
        -------
        matplotlib.figure.Figure
            To show (it does so by itself at the end of a notebook's cell) or to save:
            ``history.plot().savefig("history.png")``.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from convstep.training.plot import figure

        return figure(self)

    def to_dict(self) -> dict[str, Any]:
        """Return all that is in it."""
        series = {name: list(values) for name, values in self._series.items()}
        return {"best_epoch": self.best_epoch, "epochs": self.epochs, "series": series}

    def update(self, content: Mapping[str, Any]) -> None:
        """Take over what `to_dict` returned."""
        self.best_epoch, self.epochs = content["best_epoch"], content["epochs"]
        self._series = {name: list(values) for name, values in content["series"].items()}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write ``history.json``; a file that is there is replaced as a whole."""
        series = {
            name: [value if math.isfinite(value) else None for value in values]
            for name, values in self._series.items()
        }
        content = {"format": FORMAT, "version": VERSION, **self.to_dict(), "series": series}
        text = json.dumps(content, indent=2, allow_nan=False) + "\n"
        write_atomically(Path(path), text.encode())
