# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import functools
import time
from functools import lru_cache, wraps

import numba
import numpy as np
from numba import njit, prange

TIMINGS = {}


def timed(func):
    """Remember how long every call took."""
    @wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return func(*args, **kwargs)
        finally:
            TIMINGS.setdefault(func.__name__, []).append(time.perf_counter() - start)
    return wrapper


def checked(rank):
    def decorate(func):
        @functools.wraps(func)
        def inner(first, *rest, **named):
            assert np.ndim(first) == rank, f"{func.__name__}: {rank} axes, please"
            return func(first, *rest, **named)
        return inner
    return decorate


@lru_cache(maxsize=None)
def out_length(n, f, stride, pad):
    return int(np.floor((n - f + 2 * pad) / stride)) + 1


@lru_cache
def corners(n, stride):
    return tuple(k * stride for k in range(n))


@timed
@checked(4)
def zero_pad(X, pad):
    return np.pad(X, pad_width=((0,), (pad,), (pad,), (0,)), mode="constant", constant_values=0.)


@njit
def conv_single_step(a_slice_prev, W, b):
    s = 0.0
    for y in range(W.shape[0]):
        for x in range(W.shape[1]):
            for c in range(W.shape[2]):
                s += a_slice_prev[y, x, c] * W[y, x, c]
    return s + b.flat[0]


@numba.jit(nopython=True, parallel=True, fastmath=True)
def _conv(X, W, b, Z, stride):
    for i in prange(Z.shape[0]):
        for h in range(Z.shape[1]):
            for w in range(Z.shape[2]):
                for c in range(Z.shape[3]):
                    a = X[i, h * stride:h * stride + W.shape[0], w * stride:w * stride + W.shape[1]]
                    Z[i, h, w, c] = conv_single_step(a, W[:, :, :, c], b[:, :, :, c])
    return Z


@timed
@checked(4)
def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, H, V, _ = A_prev.shape
    f, n_C = W.shape[0], W.shape[3]
    Z = np.zeros((m, out_length(H, f, stride, pad), out_length(V, f, stride, pad), n_C))
    return _conv(zero_pad(A_prev, pad), W, b, Z, stride), (A_prev, W, b, hparameters)


@njit(cache=True)
def _conv_back(X, W, dZ, stride, dX, dW, db):
    for i in range(dZ.shape[0]):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                for c in range(dZ.shape[3]):
                    t, l = h * stride, w * stride
                    dX[i, t:t + W.shape[0], l:l + W.shape[1]] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += X[i, t:t + W.shape[0], l:l + W.shape[1]] * dZ[i, h, w, c]
                    db[0, 0, 0, c] += dZ[i, h, w, c]


@timed
def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    pad = hparameters["pad"]
    X = zero_pad(A_prev, pad)
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(b.shape)
    _conv_back(X, W, dZ, hparameters["stride"], dX, dW, db)
    keep = [slice(None), slice(pad, X.shape[1] - pad), slice(pad, X.shape[2] - pad)]
    return dX[tuple(keep)], dW, db


@timed
@checked(4)
def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    tops = corners(out_length(A_prev.shape[1], f, stride, 0), stride)
    lefts = corners(out_length(A_prev.shape[2], f, stride, 0), stride)
    fold = np.max if mode == "max" else np.average
    A = np.stack([np.stack([fold(A_prev[:, t:t + f, l:l + f], axis=(1, 2)) for l in lefts], 1) for t in tops], 1)
    return A, (A_prev, hparameters)


@checked(2)
def create_mask_from_window(x):
    return np.isin(x, [np.max(x)])


@timed
def distribute_value(dz, shape):
    return np.tile(dz / (shape[0] * shape[1]), shape)


@timed
@checked(4)
def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    out = np.zeros(A_prev.shape)
    for h, t in enumerate(corners(dA.shape[1], stride)):
        for w, l in enumerate(corners(dA.shape[2], stride)):
            for i in range(len(dA)):
                for c in range(dA.shape[3]):
                    g = dA[i, h, w, c]
                    x = A_prev[i, t:t + f, l:l + f, c]
                    out[i, t:t + f, l:l + f, c] += (
                        g * create_mask_from_window(x) if mode == "max" else distribute_value(g, x.shape)
                    )
    return out


if __name__ == "__main__":
    for name, calls in TIMINGS.items():
        print(f"{name:>20}: {len(calls)} calls, {sum(calls):.3f} s")
