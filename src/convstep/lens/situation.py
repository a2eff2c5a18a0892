"""One operation, its arrays, and where in it the reader stands: what the page's step view is given.

docs/lens.md describes the fields.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from convstep.data import digits

__all__ = ["packed", "presets", "situation"]

Data = dict[str, Any]


def packed(array: Any) -> Data:
    """Put an array into JSON: its numbers as base64, which keeps every bit of them.

    Examples
    --------
    >>> packed(np.array([1.5, 2.5], np.float32))
    {'shape': [2], 'dtype': 'float32', 'data': 'AADAPwAAIEA='}
    """
    values = np.asarray(array)
    name = "float32" if values.dtype == np.float32 else "float64"
    numbers = np.ascontiguousarray(values, dtype=np.dtype(name).newbyteorder("<"))
    data = base64.b64encode(numbers.tobytes()).decode()
    return {"shape": list(values.shape), "dtype": name, "data": data}


def situation(
    operation: str,
    A_prev: Any,
    *,
    W: Any = None,
    b: Any = None,
    grad: Any = None,
    kernel: Sequence[int] | None = None,
    stride: Sequence[int] = (1, 1),
    padding: Sequence[int] = (0, 0, 0, 0),
    dilation: Sequence[int] = (1, 1),
    groups: int = 1,
    ties: str = "all",
    count_padding: bool = False,
    cell: Sequence[int] = (0, 0, 0, 0),
    **extra: Any,
) -> Data:
    """Describe an operation of `code.OPERATIONS`; arguments are taken to be right.

    Parameters
    ----------
    A_prev : ndarray, shape (m, H, W, C)
    W, b : ndarray, shape (f, f, C / groups, n_C) and n_C numbers
        Of a convolution; `kernel` is that of a pooling.
    grad : ndarray, shape (m, n_H, n_W, n_C)
        dZ or dA, of a backward pass.
    padding : top, bottom, left, right
    cell : i, h, w, c
        The output cell to open at.
    extra
        More fields, as docs/lens.md has them.
    """
    found: Data = {
        "operation": operation,
        "A_prev": packed(A_prev),
        "kernel": [int(n) for n in (np.shape(W)[:2] if kernel is None else kernel)],
        "stride": [int(n) for n in stride],
        "padding": [int(n) for n in padding],
        "dilation": [int(n) for n in dilation],
        "groups": int(groups),
        "ties": ties,
        "count_padding": bool(count_padding),
        "cell": [int(n) for n in cell],
    }
    if W is not None:
        found["W"] = packed(W)
        found["b"] = packed(np.zeros(np.shape(W)[3]) if b is None else np.reshape(b, -1))
    if grad is not None:
        found["grad"] = packed(grad)
    return found | extra


def presets() -> Mapping[str, Any]:
    """Return what the page offers beside its own small numbers: the lesson's, and real digits.

    The lesson draws its numbers with NumPy's old generator, seeded with 1, in this order.
    """
    draw = np.random.RandomState(1).randn
    A_prev, W, b = draw(10, 4, 4, 3), draw(2, 2, 3, 8), draw(1, 1, 1, 8)
    convolution = {"W": packed(W), "b": packed(b.ravel()), "stride": [2, 2]}
    convolution |= {"A_prev": packed(A_prev), "kernel": [2, 2], "padding": [2, 2, 2, 2]}
    draw = np.random.RandomState(1).randn
    padding = {"A_prev": packed(draw(4, 3, 3, 2)), "padding": [2, 2, 2, 2]}
    draw = np.random.RandomState(1).randn
    pooled = {"A_prev": packed(draw(2, 4, 4, 3)), "kernel": [3, 3], "stride": [2, 2]}
    draw = np.random.RandomState(1).randn
    undone = {"A_prev": packed(draw(5, 5, 3, 2)), "kernel": [2, 2], "stride": [1, 1]}
    undone |= {"grad": packed(draw(5, 4, 2, 2))}
    some = digits.load()
    first = [int(np.flatnonzero(some.y == label)[0]) for label in (0, 3, 8)]
    return {
        "lesson": {
            "zero_pad": padding,
            "conv_forward": convolution,
            "conv_backward": convolution,
            "pool_forward": pooled,
            "pool_backward": undone,
        },
        "digits": packed(some.x[first].astype(np.float32)),
    }
