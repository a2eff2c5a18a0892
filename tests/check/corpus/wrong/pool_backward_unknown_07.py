# expect: pool_backward = ?
# keepdims is forgotten: an error, or a wrong broadcast where shapes agree
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            top = h * stride
            bottom = top + f
            left = w * stride
            right = left + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                window = A_prev[:, top:bottom, left:right, :]
                mask = window == window.max(axis=(1, 2))
                dA_prev[:, top:bottom, left:right, :] += mask * da
            elif mode == "average":
                dA_prev[:, top:bottom, left:right, :] += da / (f * f)
    return dA_prev
