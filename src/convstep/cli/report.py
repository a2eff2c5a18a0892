"""What a trained network got right and wrong, in words, a table and pictures."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.cli.terminal import cells, draw, harmless, side_by_side, styled, width

WORST_SHOWN = 8
_LONGEST_NAME = 10
_Z_95 = 1.959963984540054  # the normal distribution has 95 % within this many deviations


class Judged(NamedTuple):
    """Images with their true class and the probabilities that a model gave."""

    images: NDArray[np.float32]  # (N, H, W, C)
    labels: NDArray[np.intp]  # (N,)
    probabilities: NDArray[np.floating]  # (N, classes)

    @property
    def predicted(self) -> NDArray[np.intp]:
        """The most probable class of each image."""
        predicted: NDArray[np.intp] = self.probabilities.argmax(axis=1)
        return predicted

    @property
    def right(self) -> int:
        """How many images are classified rightly."""
        return int((self.predicted == self.labels).sum())


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Bounds that hold the true rate with 95 % confidence, by Wilson's score.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927): unlike the textbook's
    interval it stays inside 0 to 1 and is not empty at 100 %.
    """
    rate, z2 = right / count, _Z_95**2
    centre = (rate + z2 / (2 * count)) / (1 + z2 / count)
    spread = math.sqrt(rate * (1 - rate) / count + z2 / (4 * count**2))
    half = _Z_95 * spread / (1 + z2 / count)
    return max(0.0, centre - half), min(1.0, centre + half)


def accuracy_line(judged: Judged) -> str:
    """Accuracy on a set, with its interval."""
    right, count = judged.right, len(judged.labels)
    low, high = wilson_interval(right, count)
    figure = styled(f"{right / count:.2%}", "bold")
    return f"{figure} ({right} of {count} right; 95 % interval {low:.1%} to {high:.1%})"


def confusion(judged: Judged, classes: int) -> NDArray[np.intp]:
    """Count the images by true class (rows) and predicted class (columns)."""
    pairs = judged.labels * classes + judged.predicted
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def confusion_lines(counts: NDArray[np.intp], names: Sequence[str]) -> list[str]:
    """Lay the counts out as a table; as a list of mistakes if the table is too wide."""
    names = [_short(name) for name in names]
    margin = max(cells(name) for name in names)
    cell = max(3, 1 + len(str(counts.max())), 1 + margin)
    if margin + cell * len(names) > width():
        return _mistake_lines(counts, names)
    lines = [" " * margin + "".join(_right(name, cell) for name in names)]
    for row, name in enumerate(names):
        shown = (_cell(n, cell, row == column) for column, n in enumerate(counts[row]))
        lines.append(_right(name, margin) + "".join(shown))
    return lines


def _short(name: str) -> str:
    name = harmless(name)
    if cells(name) <= _LONGEST_NAME:
        return name
    while cells(name) >= _LONGEST_NAME:
        name = name[:-1]
    return f"{name}~"


def _right(name: str, columns: int) -> str:
    return " " * (columns - cells(name)) + name


def _cell(count: int, cell: int, right: bool) -> str:
    if count == 0:
        return styled(".".rjust(cell), "dim")
    return styled(str(count).rjust(cell), "green" if right else "red")


def _mistake_lines(counts: NDArray[np.intp], names: Sequence[str]) -> list[str]:
    wrong = np.argwhere(counts * (1 - np.eye(len(names), dtype=int)))
    wrong = wrong[np.argsort(-counts[tuple(wrong.T)], kind="stable")]
    return [
        f"{counts[true, said]} x {names[true]} taken for {names[said]}" for true, said in wrong[:20]
    ]


def worst_mistakes(judged: Judged) -> NDArray[np.intp]:
    """Indices of the wrong answers, those that gave the truth the least probability first."""
    wrong = np.flatnonzero(judged.predicted != judged.labels)
    truth = judged.probabilities[wrong, judged.labels[wrong]]
    return wrong[np.argsort(truth, kind="stable")][:WORST_SHOWN]


def mistake_drawings(judged: Judged, names: Sequence[str]) -> list[str]:
    """Draw the worst mistakes, each under what it is and what it was taken for."""
    drawings = []
    for index in worst_mistakes(judged):
        true, said = judged.labels[index], judged.predicted[index]
        given, truth = judged.probabilities[index, said], judged.probabilities[index, true]
        caption = [
            f"true {_short(names[true])}: {truth:.1%}",
            f"said {_short(names[said])}: {given:.1%}",
        ]
        drawings.append([*caption, *draw(judged.images[index])])
    return side_by_side(drawings)
