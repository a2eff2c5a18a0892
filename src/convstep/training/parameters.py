"""A model's parameters: arrays by name that lie end to end in one vector."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from convstep.nn.layer import Array, Arrays, ArraySpec, DType, Shape


class FlatArrays(Mapping[str, Array]):
    """A read-only dict of arrays, each a view into the one contiguous vector `flat`.

    What works element by element (an optimizer's step, clipping, a sum over workers) is a
    single pass over `flat`; layers see their arrays by name.

    Parameters
    ----------
    specs : mapping from name to ArraySpec
        The shapes, in the order in which the arrays lie; their values start at zero.
    dtype : dtype
        One for all of them.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep.nn import ArraySpec
    >>> dtype = np.dtype("float32")
    >>> specs = {"weight": ArraySpec((2, 3), dtype), "bias": ArraySpec((3,), dtype)}
    >>> arrays = FlatArrays(specs, dtype)
    >>> arrays["bias"][...] = 1
    >>> arrays.flat
    array([0., 0., 0., 0., 0., 0., 1., 1., 1.], dtype=float32)
    """

    def __init__(self, specs: Mapping[str, ArraySpec], dtype: DType) -> None:
        self.flat: Array = np.zeros(sum(spec.size for spec in specs.values()), dtype)
        self._places: dict[str, tuple[slice, Shape]] = {}
        start = 0
        for name, spec in specs.items():
            self._places[name] = slice(start, start + spec.size), spec.shape
            start += spec.size

    def __getitem__(self, name: str) -> Array:
        # Made at each call, so that a copied or unpickled object's views are of its own vector.
        place, shape = self._places[name]
        return self.flat[place].reshape(shape)

    def spans(self, names: Collection[str]) -> tuple[slice, ...]:
        """Return where in `flat` the arrays of these names lie, neighbours joined."""
        spans: list[slice] = []
        for name, (place, _) in self._places.items():
            if name not in names or place.start == place.stop:
                continue
            if spans and spans[-1].stop == place.start:
                place = slice(spans.pop().start, place.stop)
            spans.append(place)
        return tuple(spans)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass
class Weights:
    """What a network has learned: parameters, the state of its layers, and in how many steps."""

    params: FlatArrays
    state: Arrays
    step: int = 0

    @property
    def dtype(self) -> DType:
        """What the network computes in."""
        return self.params.flat.dtype
