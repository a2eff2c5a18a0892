# expect: pool_backward = dA_slice
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for h in range(n_H):
        for w in range(n_W):
            rows, cols = slice(h * s, h * s + f), slice(w * s, w * s + f)
            if mode == "max":
                win = A_prev[:, rows, cols]
                mask = win == win.max(axis=(1, 2), keepdims=True)
                dA_prev[:, rows, cols] += mask * dA[:, rows, cols]
            else:
                dA_prev[:, rows, cols] += dA[:, rows, cols] / (f * f)
    return dA_prev
