"""What the public pairs of one array share: checks, dtypes, and the call of the body."""

from typing import Any

import numpy as np

from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.dispatch import body


def apply(name: str, x: Any, *options: Any) -> Array:
    """Run an operation on x, whose result has x's shape."""
    x = checks.array(name, "x", x, None)
    result, (x,) = in_one_dtype(x)
    y = np.asarray(body(name, x.dtype)(x, *options))  # not a scalar, if x has no axes
    return as_dtype(y, result)


def with_gradient(name: str, grad: Any, argument: str, kept: Any) -> tuple[Array, Array]:
    """Check a gradient and the array that it belongs to, which the caller calls `argument`."""
    grad = checks.array(name, "grad", grad, None)
    kept = checks.array(name, argument, kept, None)
    checks.same_shape(name, "grad", grad, kept.shape, f"{argument}'s")
    return grad, kept


def carry_back(name: str, grad: Array, kept: Array, *options: Any) -> Array:
    """Run a backward on a checked gradient; the result has the dtype of what was kept."""
    _, (g, a) = in_one_dtype(grad, kept)
    return like(kept, np.asarray(body(name, g.dtype)(g, a, *options)))
