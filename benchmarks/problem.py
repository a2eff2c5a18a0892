"""From a case to arrays, our own call, and the right answer.

Activations are as after a ReLU, weights have He's scale, gradients are normal numbers.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import convstep as cs
from benchmarks.shapes import Case
from convstep.ops.pool import max_pool2d_index_backward, max_pool2d_with_index

Array = NDArray[Any]

# Of the result against float64: error of the 2-norm, and largest error to largest element.
TOLERANCE = {"float32": (5e-6, 2e-5), "float64": (1e-13, 1e-12)}


class Arrays(NamedTuple):
    """The operands of a case; no weight and bias for pooling."""

    x: Array
    weight: Array
    bias: Array
    grad: Array

    def astype(self, dtype: str) -> "Arrays":
        """Return the same numbers in another dtype."""
        return Arrays(*(array.astype(dtype) for array in self))


def arrays(case: Case, dtype: str) -> Arrays:
    """Draw the operands, always the same ones."""
    rng = np.random.default_rng(0)
    inputs = case.x[3] // case.groups
    taps = case.kernel[0] * case.kernel[1]
    shape = (*case.kernel, inputs, case.out_channels)
    if case.kind == "transposed":
        shape = (*case.kernel, case.out_channels // case.groups, case.x[3])

    def normal(*sizes: int) -> Array:
        return rng.standard_normal(sizes, np.float32)

    return Arrays(
        np.maximum(normal(*case.x), 0),
        normal(*shape) * np.float32(np.sqrt(2 / (taps * inputs))),
        normal(case.out_channels),
        normal(case.x[0], *case.out, case.out_channels),
    ).astype(dtype)


def operations(case: Case) -> tuple[str, ...]:
    """Name what there is to time."""
    if case.kind == "max":
        return ("forward", "forward_index", "input_grad", "input_grad_from_x")
    if case.kind == "average":
        return ("forward", "input_grad")
    return ("forward", "input_grad", "weight_grad")


def ours(case: Case, operation: str, a: Arrays) -> Callable[[], Any]:
    """Return the call of the public function that is timed."""
    if case.pooling:
        return _pooling(case, operation, a)
    options: dict[str, Any] = {
        "stride": case.stride, "padding": case.padding, "dilation": case.dilation,
        "groups": case.groups,
    }  # fmt: skip
    transposed = case.kind == "transposed"
    forward = cs.ops.conv_transpose2d if transposed else cs.ops.conv2d
    backward = cs.ops.conv_transpose2d_backward if transposed else cs.ops.conv2d_backward
    if operation == "forward":
        return lambda: forward(a.x, a.weight, a.bias, **options)
    needed = 0 if operation == "input_grad" else 1
    needs = (("x",), ("weight",))[needed]
    return lambda: backward(a.grad, a.x, a.weight, needs=needs, **options)[needed]


def _pooling(case: Case, operation: str, a: Arrays) -> Callable[[], Any]:
    """As layers pool: for the gradient the place of each maximum is handed on.

    ``input_grad_from_x`` is the public function, which has to look for the maximum again.
    """
    options: dict[str, Any] = {"stride": case.stride, "padding": case.padding}
    kernel = case.kernel
    if case.kind == "average":
        if operation == "forward":
            return lambda: cs.ops.avg_pool2d(a.x, kernel, **options)
        return lambda: cs.ops.avg_pool2d_backward(a.grad, a.x.shape, kernel, **options)
    if operation == "forward":
        return lambda: cs.ops.max_pool2d(a.x, kernel, **options)
    if operation == "forward_index":
        return lambda: max_pool2d_with_index(a.x, kernel, **options)[0]
    if operation == "input_grad_from_x":
        return lambda: cs.ops.max_pool2d_backward(a.grad, a.x, kernel, **options)
    index = max_pool2d_with_index(a.x, kernel, **options)[1]
    return lambda: max_pool2d_index_backward(a.grad, index, a.x.shape, kernel, **options)


def right_answer(case: Case, operation: str, a: Arrays) -> Array:
    """Compute in float64 by the portable body, the definition."""
    with cs.use_backend("portable"):
        y: Array = ours(case, operation, a.astype("float64"))()
    return y


def errors(result: Array, right: Array) -> tuple[float, float]:
    """Return the relative error of the 2-norm, and the largest error to the largest element."""
    if result.shape != right.shape:
        return np.inf, np.inf
    difference = result - right
    norm, largest = np.linalg.norm(right.ravel()), np.abs(right).max(initial=0)
    return (
        float(np.linalg.norm(difference.ravel()) / (norm or 1)),
        float(np.abs(difference).max(initial=0) / (largest or 1)),
    )


def within(errors: tuple[float, float], dtype: str, times: float = 1) -> bool:
    """Tell whether both errors are finite and in the tolerance."""
    return all(e <= times * most for e, most in zip(errors, TOLERANCE[dtype], strict=True))
