"""How a run shows its progress: a live bar, plain lines, or not at all."""

import itertools
import sys
from collections.abc import Mapping
from typing import Any

from convstep.bar import new_bar
from convstep.training.callbacks import Callback
from convstep.training.run import Run

_HIDDEN = ("learning_rate", "seconds")
PROGRESS = ("auto", "bar", "lines", "none")


def progress_callback(progress: str) -> Callback:
    """Return what shows the progress: "auto" is a bar on a terminal and lines elsewhere."""
    if progress == "auto":
        progress = "bar" if sys.stderr and sys.stderr.isatty() else "lines"
    return {"bar": ProgressBar, "lines": ProgressLines, "none": Callback}[progress]()


def _shown(name: str, value: float) -> str:
    """Write one number, under a name that leaves room for the others in 80 columns."""
    return f"{name.replace('accuracy', 'acc').replace('validation_', 'val ')} {value:.3f}"


class ProgressLines(Callback):
    """One line per epoch, to stderr."""

    _seen = 0

    def on_start(self, run: Run) -> None:
        """Begin to count."""
        self._seen = run.examples_seen

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Write the line."""
        seen = run.examples_seen - self._seen
        self._seen = run.examples_seen
        rate = seen / values["seconds"] if values["seconds"] else 0.0
        shown = [_shown(name, values[name]) for name in values if name not in _HIDDEN]
        line = "  ".join([f"epoch {run.epoch}/{run.epochs}", *shown, f"{rate:.0f} images/s"])
        print(line, file=sys.stderr, flush=True)


# What tqdm writes, and the most columns that it takes.
_TQDM_PARTS = {"{remaining} left": 12, "{rate_fmt}": 14, "{bar:6}": 6}


def _fitting(parts: list[str], columns: int) -> str:
    """Join as many of the parts, and then of tqdm's, as a terminal of so many columns shows."""
    widths = {**{part: len(part) for part in parts}, **_TQDM_PARTS}
    ends = itertools.accumulate(width + 1 for width in widths.values())
    return " ".join(part for part, end in zip(widths, ends, strict=True) if end <= columns)


class ProgressBar(Callback):
    """One bar for the whole run, to stderr, with the images per second and the time left."""

    _bar: Any = None

    def on_start(self, run: Run) -> None:
        """Draw the empty bar."""
        self._validation: list[str] = []
        self._bar = new_bar(
            total=None if run.examples is None else run.epochs * run.examples,
            unit=" images",
            unit_scale=True,
            bar_format=" ",
        )

    def on_step(self, run: Run, means: Mapping[str, float]) -> None:
        """Move it on."""
        shown = [_shown(name, value) for name, value in means.items()]
        parts = [f"epoch {run.epoch}/{run.epochs}", *shown, *self._validation]
        self._bar.bar_format = _fitting(parts, self._bar.format_dict["ncols"] or 80)
        self._bar.update(run.examples_seen - self._bar.n)

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Show the validation accuracy, or loss, until it is known anew."""
        value = values.get("validation_accuracy", values.get("validation_loss"))
        if value is not None:
            self._validation = [f"val {value:.3f}"]

    def on_end(self, run: Run) -> None:
        """Leave the last state on the screen."""
        self._bar.close()
