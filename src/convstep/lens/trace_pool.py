"""Pooling, forward and backward, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from convstep import arguments, loops, steps
from convstep.lens.step import Block, Step, Window, kept
from convstep.lens.trace import S, Trace
from convstep.lens.words import in_brackets, number, shortened
from convstep.ops import pool
from convstep.ops.checks import Array

__all__ = ["trace_pool_backward", "trace_pool_forward"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PoolForwardStep(Step):
    """One window of one channel.

    Attributes
    ----------
    a_slice : ndarray, shape (f, f)
        The window.
    mask : ndarray of bool, shape (f, f), or None
        Where its maxima are; None where the mean is taken.
    value : numpy scalar
        The output cell: the largest number, or the mean.
    """

    a_slice: Array
    mask: Array | None
    value: Any

    def _result(self) -> Any:
        return self.value

    def _sentences(self) -> Iterator[str]:
        yield from super()._sentences()
        at = f"A[{self.i}, {self.h}, {self.w}, {self.c}]"
        cells = [number(a) for a in self.a_slice.flat]
        if self.mask is not None:
            yield f"{at} = max({shortened(cells, ', ')}) = {number(self.value)}"
            return
        total = shortened([in_brackets(cell) for cell in cells])
        yield f"{at} = ({total}) / {len(cells)} = {number(self.value)}"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PoolBackwardStep(Step):
    """What one cell of dA sends back.

    Attributes
    ----------
    grad : numpy scalar
        ``dA[i, h, w, c]``.
    a_slice : ndarray, shape (f, f)
        The window.
    mask : ndarray of bool, shape (f, f), or None
        Of max pooling: True at the maxima, every one of which gets all of grad.
    share : ndarray, shape (f, f), or None
        Of average pooling: what each cell gets, grad / (f * f).
    da_slice : ndarray, shape (f, f)
        What is added into the window of dA_prev: mask * grad, or share.
    """

    grad: Any
    a_slice: Array
    mask: Array | None
    share: Array | None
    da_slice: Array

    def _result(self) -> Any:
        return self.grad

    def _sentences(self) -> Iterator[str]:
        yield from super()._sentences()
        grad = number(self.grad)
        yield f"dA[{self.i}, {self.h}, {self.w}, {self.c}] = {grad}"
        rows, columns = self._spans()
        into = f"dA_prev[{self.i}, {rows}, {columns}, {self.c}] +="
        if self.mask is None:
            share = number(self.da_slice.flat[0])
            yield f"{into} {grad} / {self.da_slice.size} = {share} in each cell"
        else:
            yield f"{into} mask * {in_brackets(grad)}: {grad} {self._maxima(self.mask)}"

    def _maxima(self, mask: Array) -> str:
        """Where in the input they are."""
        places = [
            f"({self.vert_start + row}, {self.horiz_start + column})"
            for row, column in np.argwhere(mask).tolist()
        ]
        largest = number(self.a_slice[mask][0])
        if len(places) == 1:
            return f"at {places[0]}, the maximum, {largest}"
        return f"at each of {shortened(places, ', ')}, which tie at the maximum, {largest}"


class _Pooling(Trace[S]):
    """The arrays of both directions."""

    def __init__(self, A_prev: Array, layout: pool.Layout, mode: str) -> None:
        self.A_prev, self.mode, self.shape = kept(A_prev), mode, layout.y_shape
        self.f, self.stride = layout.window.kernel[0], layout.window.stride[0]

    @property
    def _hparameters(self) -> dict[str, int]:
        return {"f": self.f, "stride": self.stride}

    def _operation(self) -> str:
        return f"{self.mode}_{self.function}"

    def _arrays(self, examples: slice) -> dict[str, Any]:
        return {
            "A_prev": self.A_prev[examples], "kernel": (self.f,) * 2, "stride": (self.stride,) * 2,
        }  # fmt: skip


class PoolForwardTrace(_Pooling[PoolForwardStep]):
    """The steps of `convstep.pool_forward`."""

    function, output = "pool_forward", "A"

    @cached_property
    def result(self) -> Array:
        """A."""
        return kept(steps.pool_forward(self.A_prev, self._hparameters, self.mode)[0])

    def _step(self, place: dict[str, int], window: Window) -> PoolForwardStep:
        a_slice, mask = self.A_prev[*window, place["c"]], None
        if self.mode == "max":
            value, mask = np.max(a_slice), kept(loops.create_mask_from_window(a_slice))
        else:
            value = np.mean(a_slice)
        value = loops.floating(a_slice).type(value)
        return PoolForwardStep(**place, a_slice=a_slice, mask=mask, value=value)


class PoolBackwardTrace(_Pooling[PoolBackwardStep]):
    """The steps of `convstep.pool_backward`."""

    function, output = "pool_backward", "dA"

    def __init__(self, dA: Array, A_prev: Array, layout: pool.Layout, mode: str) -> None:
        super().__init__(A_prev, layout, mode)
        self.dA = kept(dA)

    @cached_property
    def result(self) -> Array:
        """dA_prev."""
        return kept(steps.pool_backward(self.dA, (self.A_prev, self._hparameters), self.mode))

    def _step(self, place: dict[str, int], window: Window) -> PoolBackwardStep:
        a_slice, mask, share = self.A_prev[*window, place["c"]], None, None
        grad = self.dA[place["i"], place["h"], place["w"], place["c"]]
        if self.mode == "max":
            mask = kept(loops.create_mask_from_window(a_slice))
            added = kept(np.multiply(mask, grad, dtype=loops.floating(self.dA)))
        else:
            added = share = kept(loops.distribute_value(grad, a_slice.shape))
        return PoolBackwardStep(
            **place, grad=grad, a_slice=a_slice, mask=mask, share=share, da_slice=added
        )

    def _nothing(self) -> dict[str, Array]:
        return {"dA_prev": np.zeros(self.A_prev.shape, loops.floating(self.A_prev))}

    def _add(self, block: Block, totals: dict[str, Array]) -> None:
        within = (*self._covered(block), block[3])
        cache = self.A_prev[within], self._hparameters
        totals["dA_prev"][within] += steps.pool_backward(self.dA[block], cache, self.mode)

    def _arrays(self, examples: slice) -> dict[str, Any]:
        return super()._arrays(examples) | {"grad": self.dA[examples]}


def trace_pool_forward(A_prev: Any, hparameters: Any, mode: str = "max") -> PoolForwardTrace:
    """Trace `convstep.pool_forward`: one step for each cell of A.

    Parameters
    ----------
    A_prev : ndarray of real numbers, shape (m, n_H_prev, n_W_prev, n_C_prev)
    hparameters : dict
        ``"f"`` and ``"stride"``, as `convstep.pool_forward` has them.
    mode : {"max", "average"}

    Returns
    -------
    Trace
        ``trace[k]`` has ``a_slice``, ``mask`` (None in mode "average") and ``value``.

    Raises
    ------
    ArgumentError
        Where `convstep.pool_forward` raises it.

    Examples
    --------
    >>> import numpy as np
    >>> A_prev = np.array([[1.0, 5.0], [5.0, -2.0]]).reshape(1, 2, 2, 1)
    >>> step = trace_pool_forward(A_prev, {"f": 2, "stride": 1}, mode="average")[0]
    >>> print(step.describe())
    step 0: i = 0, h = 0, w = 0, c = 0; rows 0:2, columns 0:2
    A[0, 0, 0, 0] = (1 + 5 + 5 + (-2)) / 4 = 2.25
    """
    a, layout = arguments.of_pooling("trace_pool_forward", A_prev, hparameters, mode)
    return PoolForwardTrace(a, layout, mode)


def trace_pool_backward(dA: Any, cache: Any, mode: str = "max") -> PoolBackwardTrace:
    """Trace `convstep.pool_backward`: one step for each cell of dA.

    Parameters
    ----------
    dA : ndarray of real numbers, shape (m, n_H, n_W, n_C)
    cache : tuple
        What `convstep.pool_forward` returned.
    mode : {"max", "average"}
        As it was given to `convstep.pool_forward`. Where several cells of a window are its
        maximum, each gets the whole gradient: the taught rule.

    Returns
    -------
    Trace
        ``trace[k]`` has ``grad``, ``a_slice``, ``mask`` or ``share``, and ``da_slice``, which is
        added; ``trace.totals(k)["dA_prev"]`` is dA_prev as it is after it.

    Raises
    ------
    ArgumentError
        Where `convstep.pool_backward` raises it.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A_prev = np.array([[1.0, 5.0], [5.0, -2.0]]).reshape(1, 2, 2, 1)
    >>> A, cache = cs.pool_forward(A_prev, {"f": 2, "stride": 1})
    >>> print(trace_pool_backward(3 * np.ones_like(A), cache)[0].describe())
    step 0: i = 0, h = 0, w = 0, c = 0; rows 0:2, columns 0:2
    dA[0, 0, 0, 0] = 3
    dA_prev[0, 0:2, 0:2, 0] += mask * 3: 3 at each of (0, 1), (1, 0), which tie at the maximum, 5
    """
    grad, a, layout = arguments.of_pooling_back("trace_pool_backward", dA, cache, mode)
    return PoolBackwardTrace(grad, a, layout, mode)
