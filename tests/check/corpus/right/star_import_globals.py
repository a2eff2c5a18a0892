# expect: zero_pad = right; conv_single_step = note:returns_float; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
from numpy import *
from numpy import sum as np_sum, max as np_max
import sys, os

VERBOSE = False
AXES = {"m": 0, "H": 1, "W": 2, "C": 3}
MODES = ("max", "average")
EPS = 0
DTYPE = float64
N_CALLS = 0
_ZERO = array(0.0)


def log(*what):
    if VERBOSE:
        print(*what, file=sys.stderr)


def axis(a, name):
    return a.shape[AXES[name]]


def size(n, f, s, p=_ZERO):
    return int(floor((n - f + 2 * p) / s)) + 1


def zero_pad(X, pad):
    out = zeros((axis(X, "m"), axis(X, "H") + 2 * pad, axis(X, "W") + 2 * pad, axis(X, "C")), DTYPE)
    inner = out[:, pad:, pad:][:, :axis(X, "H"), :axis(X, "W")]
    inner[...] = X
    log("padded", X.shape, "to", out.shape)
    return out


def conv_single_step(a_slice_prev, W, b):
    global N_CALLS
    N_CALLS += 1
    return float(dot(a_slice_prev.flatten(), W.flatten())) + float(ravel(b)[0]) + EPS


def conv_forward(A_prev, W, b, hparameters):
    f, s, p = W.shape[0], hparameters["stride"], hparameters["pad"]
    padded = zero_pad(A_prev, p)
    Z = empty((axis(A_prev, "m"), size(axis(A_prev, "H"), f, s, p), size(axis(A_prev, "W"), f, s, p), W.shape[-1]))
    for at in ndindex(Z.shape):
        i, h, w, c = at
        Z[at] = conv_single_step(padded[i, s * h:s * h + f, s * w:s * w + f], W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, s, p = W.shape[0], hparameters["stride"], hparameters["pad"]
    padded = zero_pad(A_prev, p)
    dpadded, dW, db = zeros_like(padded), zeros(W.shape), zeros(b.shape)
    for at, g in ndenumerate(dZ):
        i, h, w, c = at
        here = s_[i, s * h:s * h + f, s * w:s * w + f]
        dpadded[here] += g * W[..., c]
        dW[..., c] += g * padded[here]
        db[..., c] += g
    return delete(delete(dpadded, list(range(p)) + list(range(-p, 0)), 1), list(range(p)) + list(range(-p, 0)), 2), dW, db


def pool_forward(A_prev, hparameters, mode=MODES[0]):
    f, s = hparameters["f"], hparameters["stride"]
    A = zeros((axis(A_prev, "m"), size(axis(A_prev, "H"), f, s), size(axis(A_prev, "W"), f, s), axis(A_prev, "C")))
    for at in ndindex(*A.shape):
        i, h, w, c = at
        piece = A_prev[i, s * h:s * h + f, s * w:s * w + f, c]
        A[at] = np_max(piece) if mode == MODES[0] else np_sum(piece) / piece.size
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return where(x == np_max(x), 1.0, 0.0)


def distribute_value(dz, shape):
    return full(shape, dz / (shape[0] * shape[1]), dtype=float32)


def pool_backward(dA, cache, mode=MODES[0]):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    out = zeros(A_prev.shape)
    for at, g in ndenumerate(dA):
        i, h, w, c = at
        here = s_[i, s * h:s * h + f, s * w:s * w + f, c]
        out[here] += g * create_mask_from_window(A_prev[here]) if mode == "max" else distribute_value(g, (f, f))
    return out
