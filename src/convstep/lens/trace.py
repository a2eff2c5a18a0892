"""What all traces have in common: steps that are computed when asked for, totals, the page."""

import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar, overload

import numpy as np

from convstep.atomic import write_atomically
from convstep.errors import Shown, argument_error
from convstep.lens.page import frame, page
from convstep.lens.situation import Data, situation
from convstep.lens.step import Block, Step, Window, blocks
from convstep.ops.checks import Array
from convstep.ops.geometry import integer

__all__ = ["S", "Trace"]

_LARGE_PAGE = 10_000_000  # bytes of arrays; of a larger trace the page gets one example
_LARGEST_PAGE = 100_000_000  # more than that no browser opens in good time


S = TypeVar("S", bound=Step, covariant=True)


class Trace(Sequence[S]):
    """The steps of one of the eight functions: one for each output cell, in the loops' order.

    It is a sequence: ``len(trace)``, ``trace[0]``, ``trace[-1]``, ``trace[3:5]`` and ``for step in
    trace`` work as with a list. A step is computed when it is asked for, so that a trace over
    large arrays costs no more than a copy of them.

    Attributes
    ----------
    function : str
        What is traced, such as ``"conv_forward"``.
    output : str
        Whose cells are gone through: ``"X_pad"``, ``"Z"`` or ``"A"``, or ``"dZ"`` or ``"dA"``.
    shape : tuple of int
        (m, n_H, n_W, n_C) of it: there are as many steps as it has cells.
    """

    function: ClassVar[str]
    output: ClassVar[str]
    shape: tuple[int, ...]
    f: int = 1
    stride: int = 1
    pad: int = 0

    # ---------------------------------------------------------------- what each trace knows

    @property
    def result(self) -> Any:
        """What the function returns, without its cache; it cannot be written to."""
        raise NotImplementedError

    def _step(self, place: dict[str, int], window: Window) -> S:
        """Compute a step, given its place and the index of its window."""
        raise NotImplementedError

    def _nothing(self) -> dict[str, Array]:
        """The results by name, before the first step."""
        return {self.output: np.zeros_like(self.result)}

    def _add(self, block: Block, totals: dict[str, Array]) -> None:
        """Add what the steps of a block do; here those of a forward function."""
        totals[self.output][block] = self.result[block]

    def _operation(self) -> str:
        """The page's name for it."""
        return self.function

    def _arrays(self, examples: slice) -> dict[str, Any]:
        """What `situation` takes, of some of the examples."""
        raise NotImplementedError

    # ---------------------------------------------------------------------------- the steps

    def __len__(self) -> int:
        return math.prod(self.shape)

    @overload
    def __getitem__(self, k: int) -> S: ...
    @overload
    def __getitem__(self, k: slice) -> list[S]: ...
    def __getitem__(self, k: int | slice) -> S | list[S]:
        if isinstance(k, slice):
            return [self[index] for index in range(*k.indices(len(self)))]
        try:
            index = range(len(self))[k]
        except IndexError:
            raise IndexError(f"trace_{self.function}: no step {k}, of {len(self)}") from None
        i, h, w, c = (int(at) for at in np.unravel_index(index, self.shape))
        top, left = h * self.stride, w * self.stride
        place = {"index": index, "i": i, "h": h, "w": w, "c": c}
        place |= {"vert_start": top, "vert_end": top + self.f}
        place |= {"horiz_start": left, "horiz_end": left + self.f}
        return self._step(place, np.s_[i, top : top + self.f, left : left + self.f])

    def step_at(self, i: int, h: int, w: int, c: int) -> S:
        """Return the step of output cell (i, h, w, c).

        Raises
        ------
        ArgumentError
            If there is no such cell.
        """
        name = "Trace.step_at"
        cell = [integer(name, key, at, 0) for key, at in zip("ihwc", (i, h, w, c), strict=True)]
        for key, at, size in zip("ihwc", cell, self.shape, strict=True):
            if at >= size:
                got = Shown(f"{at} (the output has the shape {self.shape})")
                raise argument_error(name, key, f"be less than {size}", got)
        return self[int(np.ravel_multi_index(cell, self.shape))]

    def totals(self, step: int | Step = -1) -> dict[str, Array]:
        """Return the results as they are when a step is done: what the loops have added up so far.

        Parameters
        ----------
        step : int or Step
            Its number; negative ones count from the end.

        Returns
        -------
        dict of str to ndarray
            By the names of `convstep.loops`: ``"X_pad"``, ``"Z"``, ``"A"``, or, of a backward
            pass, ``"dA_prev"`` and with a convolution ``"dA_prev_pad"``, ``"dW"`` and ``"db"``.
            The cost is that of the function, not of that many steps.

        Raises
        ------
        ArgumentError
            If there is no such step.

        Examples
        --------
        >>> import numpy as np, convstep as cs
        >>> A, cache = cs.pool_forward(np.ones((1, 1, 3, 1)), {"f": 1, "stride": 1})
        >>> trace = cs.lens.trace_pool_backward(A, cache)
        >>> [trace.totals(k)["dA_prev"].ravel().tolist() for k in range(3)]
        [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
        """
        totals = self._nothing()
        for block in blocks(self._at("Trace.totals", step).cell, self.shape):
            self._add(block, totals)
        return totals

    def _covered(self, block: Block) -> tuple[slice, slice, slice]:
        """All that the windows of a block cover: examples, rows and columns."""
        rows, columns = (
            slice(axis.start * self.stride, (axis.stop - 1) * self.stride + self.f)
            for axis in block[1:3]
        )
        return block[0], rows, columns

    def _at(self, function: str, step: int | Step) -> S:
        if isinstance(step, Step):
            return self.step_at(*step.cell)
        count = len(self)
        if count == 0:
            raise argument_error(
                function, "step", "be one of the trace's", Shown(f"a trace of {self.shape}, empty")
            )
        number_of = integer(function, "step", step, -count)
        if number_of >= count:
            raise argument_error(function, "step", f"be less than {count}", number_of)
        return self[number_of]

    # -------------------------------------------------------------------------- the pictures

    def situation(self, step: int | Step = 0) -> Data:
        """Describe the operation at a step, as the page takes it (docs/lens.md).

        Where all examples would make the page very large, it has the step's alone, and says so.

        Raises
        ------
        ArgumentError
            If there is no such step, or one example alone is too large for a page.
        """
        at = self._at("Trace.situation", step)
        m, cell = self.shape[0], at.cell
        arrays, words = self._arrays(slice(None)), {}
        if m > 1 and _bytes(arrays.values()) > _LARGE_PAGE:
            arrays, cell = self._arrays(slice(at.i, at.i + 1)), (0, *at.cell[1:])
            words["note"] = f"Example i = {at.i} of {m} alone: all would make a very large page."
            if "W" in arrays and "grad" in arrays:
                words["note"] += " So dW and db are this example's too."
        if (size := _bytes(arrays.values())) > _LARGEST_PAGE:
            raise argument_error(
                f"trace_{self.function}", "one example", "fit a page of 100 MB to be shown",
                Shown(f"{size // 1_000_000} MB"), "Trace a part of the image.",
            )  # fmt: skip
        return situation(self._operation(), **arrays, cell=cell) | words

    def to_html(self, path: str | os.PathLike[str], step: int | Step = 0) -> None:
        """Write the page, opened at a step: one file that needs no network.

        A file that is there is replaced whole, or not at all.

        Parameters
        ----------
        path : str or path
        step : int or Step
            Its number; negative ones count from the end.

        Raises
        ------
        ArgumentError
            As `situation`.
        OSError
            If the file cannot be written.
        """
        write_atomically(Path(path), self._page(step).encode())

    def plot(self, step: int | Step = 0) -> Any:
        """Draw a step: planes side by side, the window and the output cell framed.

        Of more than four channels four are shown. Padding is grey and has a dashed line around what
        is inside; maxima are hatched; where pooling's windows do not overlap each has its colour.

        Parameters
        ----------
        step : int or Step
            Its number; negative ones count from the end.

        Returns
        -------
        matplotlib.figure.Figure
            It belongs to no window; a notebook shows it, and ``savefig`` writes it.

        Raises
        ------
        ArgumentError
            If there is no such step.
        MissingExtraError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np, convstep as cs
        >>> trace = cs.lens.trace_zero_pad(np.ones((4, 3, 3, 2)), 2)
        >>> trace.plot(20).savefig("step.png")  # doctest: +SKIP
        """
        from convstep.lens import figures

        return figures.plot(self, self._at("Trace.plot", step))

    def animate(
        self,
        path: str | os.PathLike[str],
        fps: float = 2,
        steps: Iterable[int | Step] | None = None,
    ) -> None:
        """Write steps as a GIF; a file that is there is replaced whole, or not at all.

        Parameters
        ----------
        path : str or path
            It must end in ``.gif``.
        fps : float
            Steps a second.
        steps : iterable of int or Step, optional
            At most 300; all if None.

        Raises
        ------
        ArgumentError
            If an argument breaks its rule.
        MissingExtraError
            If matplotlib is not installed.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import numpy as np, convstep as cs
        >>> trace = cs.lens.trace_zero_pad(np.ones((4, 3, 3, 2)), 2)
        >>> trace.animate("padding.gif", fps=4, steps=range(49))  # doctest: +SKIP
        """
        from convstep.lens import figures

        figures.animate(self, path, fps, steps)

    def _repr_html_(self) -> str:
        return frame(self._page(0)) if len(self) else "<p>A trace without a step.</p>"

    def _page(self, step: int | Step) -> str:
        data = {"view": "steps", "situation": self.situation(step)}
        return page(data, title=f"{self.function}, step by step")

    def __repr__(self) -> str:
        return f"Trace({self.function}, steps={len(self)}, {self.output}={self.shape})"


def _bytes(arrays: Iterable[Any]) -> int:
    """What arrays take on a page: base64 of float32 or float64."""
    found = (one for one in arrays if isinstance(one, np.ndarray))
    return sum(one.size * (4 if one.dtype == np.float32 else 8) * 4 // 3 for one in found)
