"""The forms in which examples may come."""

import math
from typing import Any

import numpy as np

from convstep.errors import argument_error
from convstep.nn.layer import Array, Shape


def as_rows(x: Any) -> tuple[Any, Shape | None]:
    """Lay images out as flat rows, and return the shape of one; leave all else as it is.

    Grey images (N, height, width) get one channel.
    """
    if isinstance(x, list | tuple) and len(x) and np.ndim(x[0]) > 1:
        x = np.asarray(x)
    if not isinstance(x, np.ndarray) or x.ndim not in (3, 4):
        return x, None
    shape = (*x.shape[1:], 1)[:3]
    return x.reshape(len(x), math.prod(shape)), shape  # (N, h, w, c) -> (N, h * w * c)


def as_images(rows: Array, shape: Shape) -> Array:
    """Make images of rows; what is neither an integer nor a float becomes one."""
    if rows.dtype.kind not in "iuf":
        rows = rows.astype(np.uint8 if rows.dtype.kind == "b" else np.float64)
    return rows.reshape(len(rows), *shape)  # (N, h * w * c) -> (N, h, w, c)


def with_weight(name: str, x: Array, target: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Leave out the examples that weigh nothing, as if they had never been there."""
    if not (weight >= 0).all():
        raise argument_error(name, "sample_weight", "hold no negative numbers", weight)
    kept = weight > 0
    if not kept.any():
        rule = "leave at least one example a weight above zero"
        raise argument_error(name, "sample_weight", rule, weight)
    return (x, target, weight) if kept.all() else (x[kept], target[kept], weight[kept])
