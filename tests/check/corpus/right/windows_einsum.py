# expect: zero_pad = right; conv_single_step = note:returns_array; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as swv


def _win(x, f, s):
    # (m, h, w, c, f, f)
    return swv(x, (f, f), axis=(1, 2))[:, ::s, ::s]


def zero_pad(X, pad):
    return np.pad(X, pad_width=[(0, 0)] + [(pad, pad)] * 2 + [(0, 0)])


def conv_single_step(a_slice_prev, W, b):
    return np.einsum("ijk,ijk->", a_slice_prev, W, optimize=True) + b   # (1, 1, 1)


def conv_forward(A_prev, W, b, hparameters):
    w = _win(zero_pad(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    return np.einsum("mhwcij,ijck->mhwk", w, W) + b, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    s, p, f = hp["stride"], hp["pad"], W.shape[0]
    Ap = zero_pad(A_prev, p)
    dW = np.einsum("mhwcij,mhwk->ijck", _win(Ap, f, s), dZ)
    db = np.einsum("mhwk->k", dZ)[None, None, None]
    # dA: put zeros between the cells of dZ, and slide the turned filter
    m, h, w, k = dZ.shape
    wide = np.zeros((m, Ap.shape[1] + f - 1, Ap.shape[2] + f - 1, k))
    wide[:, f - 1:f - 1 + h * s:s, f - 1:f - 1 + w * s:s] = dZ
    dAp = np.einsum("mhwkij,ijck->mhwc", swv(wide, (f, f), axis=(1, 2)), W[::-1, ::-1])
    return dAp[:, p:Ap.shape[1] - p, p:Ap.shape[2] - p], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    w = _win(A_prev, hparameters["f"], hparameters["stride"])
    A = {"max": w.max, "average": w.mean}[mode](axis=(-1, -2))
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return ~(x < np.amax(x))


def distribute_value(dz, shape):
    return np.broadcast_to(dz / np.multiply(*shape), shape)


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    w = _win(A_prev, f, s)
    if mode == "max":
        share = (w == w.max(axis=(-1, -2), keepdims=True)) * dA[..., None, None]
    elif mode == "average":
        share = np.broadcast_to(dA[..., None, None] / f ** 2, w.shape)
    out = np.zeros(A_prev.shape, A_prev.dtype)
    view = swv(out, (f, f), axis=(1, 2), writeable=True)[:, ::s, ::s]
    for i, j in np.ndindex(f, f):
        view[..., i, j] += share[..., i, j]     # no two windows meet at one (i, j)
    return out
