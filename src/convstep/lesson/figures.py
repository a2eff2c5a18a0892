"""The lesson's figures. Every number in them is computed by the definition when they are drawn."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep import loops
from convstep.lesson.drawing import PADDING, PLAIN, Figure, Grid, toned

__all__ = ["FIGURES", "figure"]

Words = Mapping[str, str]
Numbers = NDArray[Any]

_IMAGE = np.array(
    [[5, 1, 3, 2, 4], [2, 7, 1, 6, 1], [4, 3, 8, 2, 5], [1, 6, 2, 9, 3], [3, 2, 5, 1, 7]]
)
_POOLED = np.array([[2, 3, 1, 9], [4, 7, 3, 5], [8, 2, 2, 2], [1, 3, 4, 5]])
_POOL = {"f": 2, "stride": 2}
_QUARTERS = "abcd"


def figure(name: str, words: Words) -> Figure:
    """Make one of `FIGURES`, with its words in some language: "caption", and titles of grids."""
    return FIGURES[name](words)


def _padding(words: Words) -> Figure:
    image = _IMAGE[:4, :4]
    padded = _flat(loops.zero_pad(_batch(image), 1))
    border = _flat(loops.zero_pad(_batch(np.ones_like(image)), 1)) == 0
    tones = toned(padded, lambda row, column: PADDING if border[row, column] else PLAIN)
    before = Grid(words["image"], image, behind=2)
    return Figure(words["caption"], (before, "→", Grid(words["padded"], padded, tones, behind=2)))


def _window(words: Words) -> Figure:
    edges = np.array([[1, 0, -1]] * 3)
    hparameters = {"stride": 2, "pad": 0}
    Z = _convolved(_IMAGE, edges, hparameters)
    read = _reads(_IMAGE.shape, 3, 2)[0, 1] > 0
    return Figure(
        words["caption"],
        (
            Grid(words["input"], _IMAGE, toned(_IMAGE, lambda r, c: "a" if read[r, c] else PLAIN)),
            "×",  # noqa: RUF001 - multiplied
            Grid(words["filter"], edges, toned(edges, lambda r, c: "b")),
            "→",
            Grid(words["output"], Z, toned(Z, lambda r, c: "a" if (r, c) == (0, 1) else PLAIN)),
        ),
    )


def _size(words: Words) -> Figure:
    """One row of 8 pixels with a padding of 1, and below it what each output cell reads."""
    row = np.array([[5, 1, 3, 2, 4, 2, 7, 6]])
    padded = _flat(loops.zero_pad(_batch(row), 1))[1:2]
    reads = _reads((3, padded.size), 3, 2)[0, :, 0] > 0  # (output columns, padded columns)
    border = [PADDING, *PLAIN * row.size, PADDING]
    numbers = np.vstack([padded, *(np.full_like(padded, w) for w in range(len(reads)))])
    shades = ["".join("a" if cell else " " for cell in windows) for windows in reads]
    return Figure(words["caption"], (Grid(words["row"], numbers, ["".join(border), *shades]),))


def _pooling(mode: str) -> Callable[[Words], Figure]:
    def pooled(words: Words) -> Figure:
        A = _flat(loops.pool_forward(_batch(_POOLED), _POOL, mode)[0])
        return Figure(
            words["caption"],
            (
                Grid(words["input"], _POOLED, _quarters(_POOLED)),
                "→",
                Grid(words["output"], A, [_QUARTERS[:2], _QUARTERS[2:]]),
            ),
        )

    return pooled


def _overlap(words: Words) -> Figure:
    counts = [_reads(_IMAGE.shape, 3, stride).sum(axis=(0, 1)) for stride in (1, 2)]
    titles = [words["stride_1"], words["stride_2"]]
    grids = [
        Grid(title, count, _more_than_once(count))
        for title, count in zip(titles, counts, strict=True)
    ]
    return Figure(words["caption"], tuple(grids))


def _pool_backward(words: Words) -> Figure:
    dA = np.array([[1, 2], [3, 4]])
    quarters = [_QUARTERS[:2], _QUARTERS[2:]]
    items: list[Grid | str] = [
        Grid(words["input"], _POOLED, _quarters(_POOLED)),
        Grid(words["gradient"], dA, quarters),
        "→",
    ]
    for mode in ("max", "average"):
        dA_prev = _flat(loops.pool_backward(_batch(dA), (_batch(_POOLED), _POOL), mode))
        items.append(Grid(words[mode], dA_prev, _quarters(dA_prev, where=dA_prev != 0)))
    return Figure(words["caption"], tuple(items))


FIGURES: dict[str, Callable[[Words], Figure]] = {
    "padding": _padding,
    "window": _window,
    "size": _size,
    "max_pooling": _pooling("max"),
    "average_pooling": _pooling("average"),
    "overlap": _overlap,
    "pool_backward": _pool_backward,
}


def _batch(image: Numbers) -> Numbers:
    """One image with one channel, as the eight functions take it."""
    return image[np.newaxis, :, :, np.newaxis]


def _flat(batch: Numbers) -> Numbers:
    return batch[0, :, :, 0]


def _convolved(image: Numbers, weight: Numbers, hparameters: Mapping[str, int]) -> Numbers:
    W, b = weight[:, :, np.newaxis, np.newaxis], np.zeros((1, 1, 1, 1))
    return _flat(loops.conv_forward(_batch(image), W, b, hparameters)[0])


def _reads(shape: tuple[int, ...], f: int, stride: int) -> Numbers:
    """How often each output cell reads each pixel: (output rows, output columns, *shape)."""
    W, b, hparameters = np.ones((f, f, 1, 1)), np.zeros((1, 1, 1, 1)), {"stride": stride, "pad": 0}
    Z, _ = loops.conv_forward(np.zeros((1, *shape, 1)), W, b, hparameters)
    one_by_one = np.eye(Z.size).reshape(Z.size, *Z.shape[1:])  # in each example, another cell is 1
    nothing = np.zeros((Z.size, *shape, 1))
    read, _, _ = loops.conv_backward(one_by_one, (nothing, W, b, hparameters))
    return read.reshape(*Z.shape[1:3], *shape)


def _quarters(numbers: Numbers, where: Numbers | None = None) -> list[str]:
    """Four colours, one for each window; cells that are not `where` stay plain."""
    shown = np.ones(numbers.shape, bool) if where is None else where
    return toned(numbers, lambda r, c: _QUARTERS[r // 2 * 2 + c // 2] if shown[r, c] else PLAIN)


def _more_than_once(count: Numbers) -> list[str]:
    return toned(count, lambda row, column: "a" if count[row, column] > 1 else PLAIN)
