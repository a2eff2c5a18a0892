"""Every step of one of the eight functions, computed when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from convstep import arguments, loops, steps
from convstep.errors import Shown, argument_error
from convstep.ops.checks import Array


@dataclass(frozen=True, eq=False)
class Step:
    """One step: its place, its window, and the arrays that it handles; None where there is none."""

    index: int
    i: int
    h: int
    w: int
    c: int
    vert_start: int
    vert_end: int
    horiz_start: int
    horiz_end: int
    value: Any = None
    a_slice_prev: Array | None = None
    W: Array | None = None
    b: Any = None
    products: Array | None = None


class Trace(Sequence[Step]):
    """The steps of a function, one for each output cell, in the order of `convstep.loops`."""

    function: str
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return int(np.prod(self.shape))

    @overload
    def __getitem__(self, k: int) -> Step: ...
    @overload
    def __getitem__(self, k: slice) -> list[Step]: ...
    def __getitem__(self, k: int | slice) -> Step | list[Step]:
        if isinstance(k, slice):
            return [self[index] for index in range(*k.indices(len(self)))]
        index = range(len(self))[k]  # an IndexError where there is none
        i, h, w, c = (int(at) for at in np.unravel_index(index, self.shape))
        return self._step(index, i, h, w, c)

    def step_at(self, i: int, h: int, w: int, c: int) -> Step:
        """Return the step of output cell (i, h, w, c)."""
        for at, size, name in zip((i, h, w, c), self.shape, "ihwc", strict=True):
            if not 0 <= at < size:
                got = Shown(f"{at} (the output's shape is {self.shape})")
                raise argument_error(f"trace_{self.function}", name, f"be 0 to {size - 1}", got)
        return self[int(np.ravel_multi_index((i, h, w, c), self.shape))]

    def _step(self, index: int, i: int, h: int, w: int, c: int) -> Step:
        raise NotImplementedError


class _ConvForward(Trace):
    function = "conv_forward"

    def __init__(self, A_prev: Array, W: Array, b: Array, stride: int, pad: int, shape: Any):
        self.A_prev, self.W, self.b = A_prev.copy(), W.copy(), b.copy()
        self.stride, self.pad, self.shape = stride, pad, shape

    @cached_property
    def A_prev_pad(self) -> Array:
        return loops.zero_pad(self.A_prev, self.pad)

    @cached_property
    def result(self) -> Array:
        """What `convstep.conv_forward` returns, without its cache."""
        hparameters = {"stride": self.stride, "pad": self.pad}
        return steps.conv_forward(self.A_prev, self.W, self.b, hparameters)[0]

    def _step(self, index: int, i: int, h: int, w: int, c: int) -> Step:
        f, top, left = len(self.W), h * self.stride, w * self.stride
        a_slice = self.A_prev_pad[i, top : top + f, left : left + f]
        W, b = self.W[..., c], self.b[..., c]
        products = np.multiply(a_slice, W, dtype=loops.floating(a_slice, W))
        value = loops.floating(a_slice, W, b).type(loops.conv_single_step(a_slice, W, b))
        window = (top, top + f, left, left + f)
        return Step(index, i, h, w, c, *window, value, a_slice, W, b.item(), products)


def trace_conv_forward(A_prev: Any, W: Any, b: Any, hparameters: Any) -> Trace:
    """Trace `convstep.conv_forward`: one step for each cell of Z."""
    a, weight, bias, layout = arguments.of_convolution(
        "trace_conv_forward", A_prev, W, b, hparameters
    )
    stride, pad = layout.window.stride[0], layout.window.padding[0][0]
    return _ConvForward(a, weight, bias, stride, pad, layout.y_shape)
