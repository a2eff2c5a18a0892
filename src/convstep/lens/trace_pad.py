"""Zero padding, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from convstep import arguments, loops
from convstep.lens.step import Step, Window, kept
from convstep.lens.trace import Trace
from convstep.lens.words import number
from convstep.ops.checks import Array

__all__ = ["trace_zero_pad"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ZeroPadStep(Step):
    """One cell of X_pad; its window is the cell itself.

    Attributes
    ----------
    source : (int, int, int, int) or None
        The cell of X that it is copied from; None in the padding.
    value : numpy scalar
        That cell, or 0.
    """

    source: tuple[int, int, int, int] | None
    value: Any

    def _result(self) -> Any:
        return self.value

    def _sentences(self) -> Iterator[str]:
        yield from super()._sentences()
        at = f"X_pad[{self.i}, {self.h}, {self.w}, {self.c}]"
        if self.source is None:
            yield f"{at} = 0, for it lies in the padding"
        else:
            yield f"{at} = X[{', '.join(map(str, self.source))}] = {number(self.value)}"


class ZeroPadTrace(Trace[ZeroPadStep]):
    """The steps of `convstep.zero_pad`."""

    function, output = "zero_pad", "X_pad"

    def __init__(self, X: Array, pad: int) -> None:
        self.X, self.pad = kept(X), pad
        m, rows, columns, channels = X.shape
        self.shape = (m, rows + 2 * pad, columns + 2 * pad, channels)

    @cached_property
    def result(self) -> Array:
        """X_pad."""
        return kept(loops.zero_pad(self.X, self.pad))

    def _step(self, place: dict[str, int], window: Window) -> ZeroPadStep:
        i, h, w, c = (place[name] for name in "ihwc")
        row, column = h - self.pad, w - self.pad
        _, rows, columns, _ = self.X.shape
        inside = 0 <= row < rows and 0 <= column < columns
        source = (i, row, column, c) if inside else None
        value = self.X.dtype.type(0) if source is None else self.X[source]
        return ZeroPadStep(**place, source=source, value=value)

    def _arrays(self, examples: slice) -> dict[str, Any]:
        return {"A_prev": self.X[examples], "kernel": (1, 1), "padding": (self.pad,) * 4}


def trace_zero_pad(X: Any, pad: int) -> ZeroPadTrace:
    """Trace `convstep.zero_pad`: one step for each cell of X_pad.

    Parameters
    ----------
    X : ndarray of real numbers, shape (m, n_H, n_W, n_C)
    pad : int
        Rows and columns to add on each side, at least 0.

    Returns
    -------
    Trace
        ``trace[k]`` has ``source``, the cell of X or None in the padding, and ``value``.

    Raises
    ------
    ArgumentError
        Where `convstep.zero_pad` raises it.

    Examples
    --------
    >>> import numpy as np
    >>> trace = trace_zero_pad(np.full((1, 1, 1, 1), 7), 1)
    >>> len(trace), trace[0].source, trace[4].source
    (9, None, (0, 0, 0, 0))
    >>> print(trace[4].describe())
    step 4: i = 0, h = 1, w = 1, c = 0; rows 1:2, columns 1:2
    X_pad[0, 1, 1, 0] = X[0, 0, 0, 0] = 7
    """
    return ZeroPadTrace(*arguments.of_padding("trace_zero_pad", X, pad))
