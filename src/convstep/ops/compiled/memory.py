"""Memory for the results of compiled bodies, used again from step to step while that is wanted.

A step of training makes the same arrays as the step before. The system's allocator gives large
blocks back and takes new ones, page by page: where arrays are written once, that costs as much as
what is computed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod

import numpy as np

from convstep.ops.checks import Array, DType
from convstep.ops.compiled.core import available, core

_LEAST = 1 << 16  # bytes; smaller blocks the system's allocator keeps by itself
_open: list[None] = []  # one for each reuse() that runs


def empty(shape: int | tuple[int, ...], dtype: DType) -> Array:
    """Make an array like `numpy.empty`, within `reuse` of memory that was let go."""
    if _open:
        size = (shape if isinstance(shape, int) else prod(shape)) * dtype.itemsize
        if size >= _LEAST:
            return np.ndarray(shape, dtype, core().Memory(size))
    return np.empty(shape, dtype)


@contextmanager
def reuse() -> Iterator[None]:
    """Let results within take memory that earlier results have let go.

    No more waits than brings the total to a quarter, or 32 MiB, above the most that was in use at
    once, and at the end all of it goes back to the system. Without the compiled core nothing
    changes.
    """
    if not available():
        yield
        return
    core().open_blocks()
    _open.append(None)
    try:
        yield
    finally:
        _open.pop()
        core().close_blocks()
