"""One step of a trace, and many at once: blocks of output cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from convstep.lens.words import number
from convstep.ops.checks import Array

__all__ = ["Block", "Step", "Window", "blocks", "kept"]

Block = tuple[slice, slice, slice, slice]
"""Output cells: from and to along i, h, w and c."""

Window = tuple[int, slice, slice]
"""Of the (padded) input: the example, the rows, the columns."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Step:
    """One output cell's turn: where it is, and the window that belongs to it.

    The arrays of a step carry the names they have in `convstep.loops`. They cannot be written to.

    Attributes
    ----------
    index : int
        The number of the step.
    i, h, w, c : int
        The output cell.
    vert_start, vert_end, horiz_start, horiz_end : int
        The window in the (padded) input.
    """

    index: int
    i: int
    h: int
    w: int
    c: int
    vert_start: int
    vert_end: int
    horiz_start: int
    horiz_end: int

    @property
    def cell(self) -> tuple[int, int, int, int]:
        """The output cell, (i, h, w, c)."""
        return self.i, self.h, self.w, self.c

    def describe(self) -> str:
        """Say in words what happens, with the numbers; long sums are shortened."""
        return "\n".join(self._sentences())

    def _spans(self) -> tuple[str, str]:
        """The window's rows and columns, as slices are written."""
        return f"{self.vert_start}:{self.vert_end}", f"{self.horiz_start}:{self.horiz_end}"

    def _sentences(self) -> Iterator[str]:
        rows, columns = self._spans()
        yield (
            f"step {self.index}: i = {self.i}, h = {self.h}, w = {self.w}, c = {self.c}; "
            f"rows {rows}, columns {columns}"
        )

    def _result(self) -> Any:
        """The one number that stands for the step."""
        raise NotImplementedError

    def __repr__(self) -> str:
        cell = f"i={self.i}, h={self.h}, w={self.w}, c={self.c}"
        return f"{type(self).__name__}({self.index}: {cell}, {number(self._result())})"


def blocks(cell: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[Block]:
    """Cut the output cells up to and with one, in the loops' order, into at most four blocks.

    Examples
    --------
    >>> for block in blocks((0, 1, 0, 0), (1, 2, 2, 1)):
    ...     print([(axis.start, axis.stop) for axis in block])
    [(0, 1), (0, 1), (0, 2), (0, 1)]
    [(0, 1), (1, 2), (0, 1), (0, 1)]
    """
    for axis in range(4):
        last = cell[axis] + (axis == 3)
        if last > 0:
            before = [(at, at + 1) for at in cell[:axis]]
            after = [(0, size) for size in shape[axis + 1 :]]
            i, h, w, c = (slice(*ends) for ends in (*before, (0, last), *after))
            yield i, h, w, c


def kept(array: Array) -> Array:
    """Return a copy that nobody writes to."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy
