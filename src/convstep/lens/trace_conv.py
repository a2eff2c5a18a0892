"""Convolution, forward and backward, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from convstep import arguments, loops, steps
from convstep.lens.step import Block, Step, Window, kept
from convstep.lens.trace import S, Trace
from convstep.lens.words import in_brackets, number, shortened, times
from convstep.ops import conv
from convstep.ops.checks import Array

__all__ = ["trace_conv_backward", "trace_conv_forward"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ConvForwardStep(Step):
    """One filter at one place.

    Attributes
    ----------
    a_slice_prev, W, products : ndarray, shape (f, f, n_C_prev)
        The window, filter c, and the one times the other.
    b, value : numpy scalar
        The filter's bias, and the output cell: the sum of the products and b.
    """

    a_slice_prev: Array
    W: Array
    b: Any
    products: Array
    value: Any

    def _result(self) -> Any:
        return self.value

    def _sentences(self) -> Iterator[str]:
        yield from super()._sentences()
        cells = zip(self.a_slice_prev.flat, self.W.flat, strict=True)
        terms = [times(a, weight) for a, weight in cells]
        at = f"Z[{self.i}, {self.h}, {self.w}, {self.c}]"
        yield f"{at} = {shortened(terms)} + b"
        yield f"{' ' * len(at)} = {number(self.products.sum())} + {in_brackets(number(self.b))}"
        yield f"{' ' * len(at)} = {number(self.value)}"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ConvBackwardStep(Step):
    """What one cell of dZ sends back.

    Attributes
    ----------
    grad : numpy scalar
        ``dZ[i, h, w, c]``.
    a_slice, W : ndarray, shape (f, f, n_C_prev)
        The window of the padded input, and filter c.
    da_slice, dW : ndarray, shape (f, f, n_C_prev)
        What is added into the window of dA_prev_pad, ``W * grad``, and into ``dW[..., c]``,
        ``a_slice * grad``.
    db : numpy scalar
        What is added into ``db[..., c]``: grad itself.
    """

    grad: Any
    a_slice: Array
    W: Array
    da_slice: Array
    dW: Array
    db: Any

    def _result(self) -> Any:
        return self.grad

    def _sentences(self) -> Iterator[str]:
        yield from super()._sentences()
        grad = number(self.grad)
        yield f"dZ[{self.i}, {self.h}, {self.w}, {self.c}] = {grad}"
        grad = in_brackets(grad)
        rows, columns = self._spans()
        yield f"dA_prev_pad[{self.i}, {rows}, {columns}, :] += W[..., {self.c}] * {grad}:"
        yield f"    {self._each(self.W, self.da_slice)}"
        yield f"dW[..., {self.c}] += a_slice * {grad}:"
        yield f"    {self._each(self.a_slice, self.dW)}"
        yield f"db[..., {self.c}] += {number(self.db)}"

    def _each(self, factors: Array, added: Array) -> str:
        cells = zip(factors.flat, added.flat, strict=True)
        return shortened([f"{times(a, self.grad)} = {number(s)}" for a, s in cells], ", ")


class _Convolution(Trace[S]):
    """The arrays of both directions."""

    def __init__(self, A_prev: Array, W: Array, b: Array, layout: conv.Layout) -> None:
        self.W, self.b = kept(W), kept(b)
        self.f, self.stride, self.pad = len(W), layout.window.stride[0], layout.window.padding[0][0]
        self.A_prev_pad = kept(loops.zero_pad(A_prev, self.pad))
        self.A_prev = self._inner(self.A_prev_pad)
        self.shape = layout.y_shape

    def _inner(self, padded: Array) -> Array:
        """Cut the padding away."""
        pad, (_, rows, columns, _) = self.pad, padded.shape
        return padded[:, pad : rows - pad, pad : columns - pad]

    def _arrays(self, examples: slice) -> dict[str, Any]:
        return {
            "A_prev": self.A_prev[examples], "W": self.W, "b": self.b,
            "stride": (self.stride,) * 2, "padding": (self.pad,) * 4,
        }  # fmt: skip


class ConvForwardTrace(_Convolution[ConvForwardStep]):
    """The steps of `convstep.conv_forward`."""

    function, output = "conv_forward", "Z"

    @cached_property
    def result(self) -> Array:
        """Z."""
        hparameters = {"stride": self.stride, "pad": self.pad}
        return kept(steps.conv_forward(self.A_prev, self.W, self.b, hparameters)[0])

    def _step(self, place: dict[str, int], window: Window) -> ConvForwardStep:
        a_slice, W = self.A_prev_pad[window], self.W[..., place["c"]]
        b = self.b[0, 0, 0, place["c"]]
        products = np.multiply(a_slice, W, dtype=loops.floating(a_slice, W))
        value = loops.floating(a_slice, W, self.b).type(loops.conv_single_step(a_slice, W, b))
        return ConvForwardStep(
            **place, a_slice_prev=a_slice, W=W, b=b, products=kept(products), value=value
        )


class ConvBackwardTrace(_Convolution[ConvBackwardStep]):
    """The steps of `convstep.conv_backward`."""

    function, output = "conv_backward", "dZ"

    def __init__(self, dZ: Array, A_prev: Array, W: Array, b: Array, layout: conv.Layout) -> None:
        super().__init__(A_prev, W, b, layout)
        self.dZ = kept(dZ)

    @cached_property
    def result(self) -> tuple[Array, Array, Array]:
        """dA_prev, dW and db."""
        cache = (self.A_prev, self.W, self.b, {"stride": self.stride, "pad": self.pad})
        dA_prev, dW, db = steps.conv_backward(self.dZ, cache)
        return kept(dA_prev), kept(dW), kept(db)

    def _step(self, place: dict[str, int], window: Window) -> ConvBackwardStep:
        a_slice, W = self.A_prev_pad[window], self.W[..., place["c"]]
        grad = self.dZ[place["i"], place["h"], place["w"], place["c"]]
        da_slice = np.multiply(W, grad, dtype=loops.floating(W, self.dZ))
        dW = np.multiply(a_slice, grad, dtype=loops.floating(a_slice, self.dZ))
        return ConvBackwardStep(
            **place, grad=grad, a_slice=a_slice, W=W, da_slice=kept(da_slice), dW=kept(dW), db=grad
        )

    def _nothing(self) -> dict[str, Array]:
        given = {"dA_prev_pad": self.A_prev_pad, "dW": self.W, "db": self.b}
        totals = {name: np.zeros(one.shape, loops.floating(one)) for name, one in given.items()}
        return {"dA_prev": self._inner(totals["dA_prev_pad"]), **totals}

    def _add(self, block: Block, totals: dict[str, Array]) -> None:
        examples, rows, columns = self._covered(block)
        filters = block[3]
        cache = (
            self.A_prev_pad[examples, rows, columns], self.W[..., filters], self.b[..., filters],
            {"stride": self.stride, "pad": 0},
        )  # fmt: skip
        added = steps.conv_backward(self.dZ[block], cache)
        totals["dA_prev_pad"][examples, rows, columns] += added[0]
        totals["dW"][..., filters] += added[1]
        totals["db"][..., filters] += added[2]

    def _arrays(self, examples: slice) -> dict[str, Any]:
        return super()._arrays(examples) | {"grad": self.dZ[examples]}


def trace_conv_forward(A_prev: Any, W: Any, b: Any, hparameters: Any) -> ConvForwardTrace:
    """Trace `convstep.conv_forward`: one step for each cell of Z.

    Parameters
    ----------
    A_prev : ndarray of real numbers, shape (m, n_H_prev, n_W_prev, n_C_prev)
    W : ndarray of real numbers, shape (f, f, n_C_prev, n_C)
    b : ndarray of real numbers, shape (1, 1, 1, n_C)
    hparameters : dict
        ``"stride"`` and ``"pad"``, as `convstep.conv_forward` has them.

    Returns
    -------
    Trace
        ``trace[k]`` has ``a_slice_prev``, ``W``, ``products``, ``b`` and ``value``.

    Raises
    ------
    ArgumentError
        Where `convstep.conv_forward` raises it.

    Examples
    --------
    >>> import numpy as np
    >>> A_prev, W = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> b, hparameters = np.ones((1, 1, 1, 1)), {"stride": 1, "pad": 0}
    >>> trace = trace_conv_forward(A_prev, W, b, hparameters)
    >>> trace
    Trace(conv_forward, steps=4, Z=(1, 2, 2, 1))
    >>> print(trace[1].describe())
    step 1: i = 0, h = 0, w = 1, c = 0; rows 0:2, columns 1:3
    Z[0, 0, 1, 0] = 1 * 1 + 2 * 1 + 4 * 1 + 5 * 1 + b
                  = 12 + 1
                  = 13
    """
    name = "trace_conv_forward"
    return ConvForwardTrace(*arguments.of_convolution(name, A_prev, W, b, hparameters))


def trace_conv_backward(dZ: Any, cache: Any) -> ConvBackwardTrace:
    """Trace `convstep.conv_backward`: one step for each cell of dZ.

    Parameters
    ----------
    dZ : ndarray of real numbers, shape (m, n_H, n_W, n_C)
    cache : tuple
        What `convstep.conv_forward` returned.

    Returns
    -------
    Trace
        ``trace[k]`` has ``grad``, ``a_slice``, ``W``, and what is added: ``da_slice``, ``dW``,
        ``db``; ``trace.totals(k)`` has dA_prev, dA_prev_pad, dW and db as they are after it.

    Raises
    ------
    ArgumentError
        Where `convstep.conv_backward` raises it.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> A_prev, W = np.arange(9.0).reshape(1, 3, 3, 1), np.ones((2, 2, 1, 1))
    >>> Z, cache = cs.conv_forward(A_prev, W, np.ones((1, 1, 1, 1)), {"stride": 1, "pad": 0})
    >>> trace = trace_conv_backward(np.ones_like(Z), cache)
    >>> print(trace[1].describe())
    step 1: i = 0, h = 0, w = 1, c = 0; rows 0:2, columns 1:3
    dZ[0, 0, 1, 0] = 1
    dA_prev_pad[0, 0:2, 1:3, :] += W[..., 0] * 1:
        1 * 1 = 1, 1 * 1 = 1, 1 * 1 = 1, 1 * 1 = 1
    dW[..., 0] += a_slice * 1:
        1 * 1 = 1, 2 * 1 = 2, 4 * 1 = 4, 5 * 1 = 5
    db[..., 0] += 1
    >>> trace.totals(1)["dA_prev"][0, :, :, 0]
    array([[1., 2., 1.],
           [1., 2., 1.],
           [0., 0., 0.]])
    """
    name = "trace_conv_backward"
    return ConvBackwardTrace(*arguments.of_convolution_back(name, dZ, cache))
