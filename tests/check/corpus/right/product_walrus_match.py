# expect: zero_pad = right; conv_single_step = note:returns_float; conv_forward = right; pool_forward = right; conv_backward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
from __future__ import annotations

from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
BOTH_SIDES: Final = 2


def out_size(n: int, f: int, stride: int, pad: int = 0) -> int:
    return (n + BOTH_SIDES * pad - f) // stride + 1


def window(h: int, w: int, *, f: int, stride: int) -> tuple[slice, slice]:
    return slice(top := h * stride, top + f), slice(left := w * stride, left + f)


def zero_pad(X: Array, pad: int) -> Array:
    m, H, W, C = X.shape
    canvas = np.zeros((m, H + BOTH_SIDES * pad, W + BOTH_SIDES * pad, C))
    canvas[:, pad:pad + H, pad:pad + W] = X
    return canvas


def conv_single_step(a_slice_prev: Array, W: Array, b: Array) -> float:
    return sum(x * y for x, y in zip(a_slice_prev.flat, W.flat)).item() + b.item()


def conv_forward(A_prev: Array, W: Array, b: Array, hparameters: dict[str, int]) -> tuple[Array, tuple]:
    match hparameters:
        case {"stride": s, "pad": p}:
            pass
        case _:
            raise KeyError("stride and pad")
    f, n_C = W.shape[0], W.shape[-1]
    shape = (len(A_prev), out_size(A_prev.shape[1], f, s, p), out_size(A_prev.shape[2], f, s, p), n_C)
    Z, padded = np.empty(shape), zero_pad(A_prev, p)
    for i, h, w, c in product(*map(range, shape)):
        Z[i, h, w, c] = conv_single_step(padded[(i, *window(h, w, f=f, stride=s))], W[..., c], b[0, 0, 0, c])
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ: Array, cache: tuple) -> tuple[Array, Array, Array]:
    A_prev, W, b, hparameters = cache
    s, p, f = hparameters["stride"], hparameters["pad"], len(W)
    padded = zero_pad(A_prev, p)
    dpadded, dW, db = np.zeros_like(padded), np.zeros_like(W), np.zeros_like(b)
    for (i, h, w, c) in product(*map(range, dZ.shape)):
        if not (g := dZ[i, h, w, c]):
            continue
        at = (i, *window(h, w, f=f, stride=s))
        dpadded[at] += g * W[..., c]
        dW[..., c] += g * padded[at]
        db[..., c] += g
    H, V = A_prev.shape[1:3]
    return dpadded[:, p:p + H, p:p + V, :].copy(), dW, db


def pool_forward(A_prev: Array, hparameters: dict[str, int], mode: str = "max") -> tuple[Array, tuple]:
    match mode:
        case "max":
            reduce_ = np.max
        case "average":
            reduce_ = np.mean
        case other:
            raise ValueError(f"unknown mode {other!r}")
    f, s = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    A = np.empty((m, out_size(H, f, s), out_size(V, f, s), C))
    for h, w in product(range(A.shape[1]), range(A.shape[2])):
        rows, cols = window(h, w, f=f, stride=s)
        A[:, h, w, :] = reduce_(A_prev[:, rows, cols, :], axis=(1, 2))
    return A, (A_prev, hparameters)


def create_mask_from_window(x: Array) -> NDArray[np.bool_]:
    return np.equal(x, x.max())


def distribute_value(dz: float, shape: tuple[int, int]) -> Array:
    return np.full(shape, dz / np.prod(shape))


def pool_backward(dA: Array, cache: tuple, mode: str = "max") -> Array:
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in product(*map(range, dA.shape)):
        at = (i, *window(h, w, f=f, stride=s), c)
        match mode:
            case "max":
                dA_prev[at] += dA[i, h, w, c] * create_mask_from_window(A_prev[at])
            case "average":
                dA_prev[at] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev
