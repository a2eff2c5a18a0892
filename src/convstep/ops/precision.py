"""How exactly float32 convolutions are computed."""

from types import TracebackType
from typing import Literal

from convstep.ops.checks import choice
from convstep.ops.compiled.core import kernels

Precision = Literal["fast", "exact"]
PRECISIONS: tuple[str, ...] = ("fast", "exact")


class set_precision:
    """Choose how float32 convolutions round, for the process or for a ``with`` block.

    Parameters
    ----------
    name : {"fast", "exact"}
        ``"fast"``, the default, lets 3x3 convolutions run by Winograd's algorithm where that is
        faster. On realistic activations the error, against the same in float64, stays within
        5e-6 in the 2-norm and 2e-5 of the largest number; measured are about 1e-6 and 4e-6, of
        the order of plain summation. ``"exact"`` rules out every transform that rounds worse
        than summation, and results have the same bits for any batch size.

    Raises
    ------
    ArgumentError
        If the name is another.

    Notes
    -----
    Either way results have the same bits for any number of threads. float64 is always computed
    by summation, and so is everything in the portable bodies. `backend_info` tells the choice.

    Examples
    --------
    >>> import convstep as cs
    >>> with cs.set_precision("exact"):
    ...     cs.backend_info()["precision"]
    'exact'
    """

    def __init__(self, name: Precision) -> None:
        choice("set_precision", "name", name, PRECISIONS)
        self._before = precision()
        if kernels:
            kernels.set_precision(name)

    def __enter__(self) -> None:
        """The choice holds since the call."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go back to what was chosen before."""
        if kernels:
            kernels.set_precision(self._before)


def precision() -> str:
    """Return the precision in use; without the compiled core everything is exact."""
    return kernels.precision() if kernels else "exact"
