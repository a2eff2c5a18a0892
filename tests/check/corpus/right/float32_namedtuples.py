# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import typing as t
from types import SimpleNamespace
import numpy as np

F32 = np.float32


class ConvCache(t.NamedTuple):
    A_prev: np.ndarray
    W: np.ndarray
    b: np.ndarray
    hparameters: dict


class Grads(t.NamedTuple):
    dA_prev: np.ndarray
    dW: np.ndarray
    db: np.ndarray


class HParams(t.TypedDict, total=False):
    f: int
    stride: int
    pad: int


def zero_pad(X: np.ndarray, pad: int) -> np.ndarray:
    X = np.asarray(X, dtype=F32)
    for axis in (1, 2):
        before = list(X.shape)
        before[axis] = pad
        nothing = np.zeros(before, dtype=F32)
        X = np.append(np.append(nothing, X, axis=axis), nothing, axis=axis)
    return X


def conv_single_step(a_slice_prev, W, b):
    return F32(np.add.reduce(np.multiply(a_slice_prev, W, dtype=F32), axis=None) + F32(np.asarray(b).item()))


def conv_forward(A_prev, W, b, hparameters: HParams):
    hp = SimpleNamespace(**hparameters)
    A = zero_pad(A_prev, hp.pad)
    f, _, _, n_C = W.shape
    n_H, n_W = ((n - f) // hp.stride + 1 for n in A.shape[1:-1])
    Z = np.zeros((len(A), n_H, n_W, n_C), dtype=F32)
    with np.nditer(Z, flags=["multi_index"], op_flags=["readwrite"]) as it:
        for cell in it:
            i, h, w, c = it.multi_index
            top, left = h * hp.stride, w * hp.stride
            cell[...] = conv_single_step(A[i, top:top + f, left:left + f], W[..., c].astype(F32), b[..., c])
    return Z, ConvCache(A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    cache = ConvCache(*cache)
    hp = SimpleNamespace(**cache.hparameters)
    A, f = zero_pad(cache.A_prev, hp.pad), len(cache.W)
    W32, dZ = cache.W.astype(F32), dZ.astype(F32)
    dA, dW, db = np.zeros_like(A), np.zeros_like(W32), np.zeros(cache.b.shape, F32)
    _, n_H, n_W, _ = dZ.shape
    for h in range(n_H):
        for w in range(n_W):
            rows, cols = slice(h * hp.stride, h * hp.stride + f), slice(w * hp.stride, w * hp.stride + f)
            for d, a, da in zip(dZ[:, h, w], A, dA):
                da[rows, cols] += W32.dot(d)
                dW += a[rows, cols, :, None] * d
                db += d
    keep = np.s_[:, hp.pad:hp.pad + cache.A_prev.shape[1], hp.pad:hp.pad + cache.A_prev.shape[2]]
    return Grads(dA[keep], dW, db)


class PoolResult(t.NamedTuple):
    A: np.ndarray
    cache: tuple


def pool_forward(A_prev, hparameters: HParams, mode: t.Literal["max", "average"] = "max") -> PoolResult:
    f, s = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    A = np.zeros((m, (H - f) // s + 1, (V - f) // s + 1, C), order="F", dtype=F32)
    reduce_: t.Callable = {"max": np.maximum.reduce, "average": np.mean}[mode]
    for h, top in enumerate(range(0, H - f + 1, s)):
        for w, left in enumerate(range(0, V - f + 1, s)):
            A[:, h, w] = reduce_(A_prev[:, top:top + f, left:left + f].reshape(m, -1, C), axis=1)
    return PoolResult(A, (A_prev, hparameters))


def create_mask_from_window(x):
    return (x == x.max()).astype(F32)


def distribute_value(dz, shape):
    return np.full(shape, F32(dz) / F32(np.prod(shape)), dtype=F32)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    out = np.zeros(A_prev.shape, dtype=F32)
    for i, h, w, c in np.ndindex(dA.shape):
        at = np.s_[i, h * s:h * s + f, w * s:w * s + f, c]
        g = F32(dA[i, h, w, c])
        out[at] += g * create_mask_from_window(A_prev[at]) if mode == "max" else distribute_value(g, (f, f))
    return out
