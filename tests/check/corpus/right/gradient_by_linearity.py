# expect: conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = right
"""Backward without thinking: a convolution is linear, so its gradient is found by asking it.

A column of the matrix is what a lone 1 gives.  Slow, and right.
"""
import numpy as np


def _pad(x, p):
    return np.lib.stride_tricks.as_strided(_framed(x, p), strides=_framed(x, p).strides) if p < 0 else _framed(x, p)


def _framed(x, p):
    m, H, V, C = x.shape
    side = np.zeros((m, H, p, C))
    middle = np.block([[[[side]], [[x]], [[side]]]]) if False else np.concatenate([side, x, side], 2)
    lid = np.zeros((m, p, V + 2 * p, C))
    return np.r_["1", lid, middle, lid]


def conv_forward(A_prev, W, b, hparameters):
    s, f = hparameters["stride"], W.shape[0]
    x = _pad(A_prev, hparameters["pad"])
    n_H, n_W = (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1
    Z = np.zeros((x.shape[0], n_H, n_W, W.shape[3]))
    Z[...] = b
    for y in range(f):
        for z in range(f):
            for k in range(W.shape[2]):
                Z += x[:, y:y + n_H * s:s, z:z + n_W * s:s, k, None] * W[y, z, k]
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache

    def ask(A, W, b):
        return np.sum(conv_forward(A, W, b, hparameters)[0] * dZ)

    def gradient(which, like):
        out = np.zeros(like.shape)
        zeros = [A_prev, W, np.zeros(b.shape)]
        for place in np.ndindex(like.shape):
            lone = np.zeros(like.shape)
            lone[place] = 1
            arguments = list(zeros)
            arguments[which] = lone
            if which == 2:
                arguments[1] = np.zeros(W.shape)
            out[place] = ask(*arguments)
        return out

    return tuple(gradient(n, like) for n, like in enumerate((A_prev, W, b)))


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    H, V = A_prev.shape[1:3]
    shifted = np.array([A_prev[:, y:H - f + 1 + y:s, x:V - f + 1 + x:s] for y in range(f) for x in range(f)])
    return {"max": np.partition(shifted, -1, axis=0)[-1], "average": shifted.mean(0)}[mode], (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    result = np.empty(A_prev.shape)
    m, n_H, n_W, _ = dA.shape
    best = pool_forward(A_prev, hparameters)[0]
    # gather, not scatter: which windows does a cell lie in?
    for i, r, q, c in np.ndindex(A_prev.shape):
        total = 0.0
        for h in range(max(0, -(-(r - f + 1) // s)), min(n_H - 1, r // s) + 1):
            for w in range(max(0, -(-(q - f + 1) // s)), min(n_W - 1, q // s) + 1):
                if mode == "average":
                    total += dA[i, h, w, c] / f ** 2
                elif A_prev[i, r, q, c] == best[i, h, w, c]:
                    total += dA[i, h, w, c]
        result[i, r, q, c] = total
    return result
