"""Where batches come from: examples by number, or a stream of batches that are made as they go.

Both hand out *jobs*: functions that make one batch each, in any thread, the same whichever thread
it is. `loader` runs them.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from convstep.errors import argument_error, type_error
from convstep.nn.layer import Array
from convstep.training.reader import OVER, Reader, closed_after

Indices = NDArray[np.intp]


class Batch(NamedTuple):
    """Inputs, what they should give, and what each example weighs: None where all weigh 1."""

    x: Array
    target: Array
    weight: Array | None = None


Job = Callable[[], Batch | None]
"""Makes a batch; None where a stream is over."""
Jobs = Generator[Job, None, None]
Check = Callable[[Any, Any, Any], Batch]
"""Checks inputs, targets and weights (or None) of a batch that nobody has looked at yet."""


@runtime_checkable
class Source(Protocol):
    """Examples by number, such as files that are read when they are needed.

    `take` may be called from several threads at once.
    """

    def __len__(self) -> int:
        """Return how many examples there are."""

    def take(self, indices: Indices) -> tuple[Any, Any]:
        """Return inputs and targets of these examples, in this order."""


@dataclass(frozen=True)
class Arrays:
    """Examples in arrays, or in datasets of an HDF5 file that is read as they are asked for."""

    x: Any
    y: Any

    def __len__(self) -> int:
        return len(self.x)

    def take(self, indices: Indices) -> tuple[Array, Array]:
        """Return inputs and targets of these examples."""
        return rows(self.x, indices), rows(self.y, indices)


def on_disk(value: Any) -> bool:
    """Tell whether this is data that should not be read as a whole."""
    return isinstance(value, np.memmap) or is_dataset(value)


def is_dataset(value: Any) -> bool:
    """Tell whether this is a dataset of h5py's, without importing that."""
    kind = type(value)
    return kind.__module__.partition(".")[0] == "h5py" and kind.__name__ == "Dataset"


def rows(data: Any, indices: Indices) -> Array:
    """Read the rows with these numbers."""
    if not is_dataset(data):
        chosen: Array = np.asarray(data[indices])
        return chosen
    unique, places = np.unique(indices, return_inverse=True)  # h5py wants them so
    read: Array = np.asarray(data[unique])[places]
    return read


@dataclass(frozen=True)
class Examples:
    """Examples by number: all of a source, or a part of it.

    Parameters
    ----------
    source : Source
    weight : ndarray, shape (len(source),), optional
        What each example of the source weighs.
    check : callable, optional
        Looks at each batch; None if all examples have been looked at.
    chosen : ndarray of int, optional
        The part: numbers in the source.
    """

    source: Source
    weight: Array | None = None
    check: Check | None = None
    chosen: Indices | None = None

    def __len__(self) -> int:
        return len(self.source) if self.chosen is None else len(self.chosen)

    def part(self, indices: Indices) -> "Examples":
        """Return the part of these examples."""
        return replace(self, chosen=indices if self.chosen is None else self.chosen[indices])

    def take(self, indices: Indices) -> Batch:
        """Return a batch of these examples."""
        if self.chosen is not None:
            indices = self.chosen[indices]
        taken = self.source.take(indices)
        weight = None if self.weight is None else self.weight[indices]
        if self.check is None:
            return Batch(*taken, weight)
        if not isinstance(taken, tuple | list) or len(taken) != 2:
            raise type_error("Source.take", "what it returns", "be a pair (x, y)", taken)
        batch = self.check(*taken, weight)
        if len(batch.x) != len(indices):
            rule = f"be the {len(indices)} examples that were asked for"
            raise argument_error("Source.take", "what it returns", rule, batch.x)
        return batch

    def steps(self, batch_size: int) -> int:
        """Return how many batches make an epoch."""
        return -(-len(self) // batch_size)

    def in_order(self, batch_size: int) -> Iterator[Batch]:
        """Go through all examples once."""
        for start in range(0, len(self), batch_size):
            yield self.take(np.arange(start, min(start + batch_size, len(self))))

    def jobs(self, order: Indices, batch_size: int, skip: int) -> Jobs:
        """Cut an order of examples into batches; the first `skip` are left out."""
        for start in range(skip * batch_size, len(order), batch_size):
            chosen = order[start : start + batch_size]
            yield partial(self.take, chosen)


@dataclass(frozen=True)
class Stream:
    """Batches that come one after the other.

    Parameters
    ----------
    start : callable
        ``start(epoch)`` returns an iterator over an epoch's batches: (x, y) or (x, y, weight).
    check : callable
        Looks at each batch.
    length : int, optional
        How many batches make an epoch; all that come if None.
    """

    start: Callable[[int], Iterator[Any]]
    check: Check
    unpack: Callable[[Any], tuple[Any, Any, Any]]
    length: int | None = None

    def jobs(self, epoch: int, skip: int, *, background: bool) -> Jobs:
        """Pull batch after batch, in a thread of its own if that is wanted.

        Only one thread pulls, so the stream itself needs to know nothing of threads.
        """
        stream = self.start(epoch)
        if background:
            with Reader(stream) as reader:
                yield from self._jobs(reader.pull, skip)
        else:
            with closed_after(stream):
                yield from self._jobs(lambda: partial(next, stream, OVER), skip)

    def _jobs(self, pull: Callable[[], Callable[[], Any]], skip: int) -> Jobs:
        for _ in range(skip):
            pull()()
        for _ in repeat(None) if self.length is None else range(skip, self.length):
            yield partial(self._batch, pull())

    def _batch(self, wait: Callable[[], Any]) -> Batch | None:
        item = wait()
        return None if item is OVER else self.check(*self.unpack(item))
