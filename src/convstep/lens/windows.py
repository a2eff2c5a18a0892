"""Which window is the first to touch a cell of a result, in the order of the lesson's loops."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["first_window"]


def first_window(arrays: Mapping[str, Any], output: str, index: Sequence[int]) -> list[int]:
    """Find the output cell at which to watch a cell of a result come about.

    Parameters
    ----------
    arrays : mapping
        The arguments of `situation.situation`.
    output : str
        Name of the result: of a forward function, ``"dA_prev"``, ``"dW"`` or ``"db"``.
    index : sequence of int
        The cell of it.

    Returns
    -------
    list of int
        (i, h, w, c). Where no window adds into a cell of a gradient, the first of its example.

    Examples
    --------
    >>> import numpy as np
    >>> arrays = {"A_prev": np.zeros((1, 4, 4, 1)), "W": np.zeros((2, 2, 1, 1)), "stride": (2, 2)}
    >>> first_window(arrays, "dA_prev", (0, 2, 1, 0))
    [0, 1, 0, 0]
    """
    if output == "db":
        return [0, 0, 0, index[0]]
    if output == "dW":
        r, s, _, c = index
        return [0, *(_reading(arrays, axis, tap=tap) for axis, tap in ((0, r), (1, s))), c]
    if output == "dA_prev":
        i, row, column, c = index
        found = [_covering(arrays, axis, place) for axis, place in ((0, row), (1, column))]
        if None in found:
            return [i, 0, 0, 0]
        return [i, *(n for n in found if n is not None), 0 if "W" in arrays else c]
    return list(index)


def _covering(arrays: Mapping[str, Any], axis: int, place: int) -> int | None:
    """The first window that has a row or column of the input in it."""
    _, kernel, starts = _axis(arrays, axis)
    return next((n for n, at in enumerate(starts) if at <= place < at + kernel), None)


def _reading(arrays: Mapping[str, Any], axis: int, tap: int) -> int:
    """The first window whose row or column `tap` lies in the input and not in the padding."""
    size, _, starts = _axis(arrays, axis)
    return next((n for n, at in enumerate(starts) if 0 <= at + tap < size), 0)


def _axis(arrays: Mapping[str, Any], axis: int) -> tuple[int, int, range]:
    """Of rows or columns: the input's size, the window's, and where in the input windows begin."""
    size = arrays["A_prev"].shape[1 + axis]
    kernel = (arrays["W"].shape if "W" in arrays else arrays["kernel"])[axis]
    before, after = arrays.get("padding", (0, 0, 0, 0))[2 * axis : 2 * axis + 2]
    stride = arrays.get("stride", (1, 1))[axis]
    return size, kernel, range(-before, size + after - kernel + 1, stride)
