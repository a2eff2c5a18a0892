# expect: pool_backward = wrong_axes
# TODO clean up
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            y0 = w * stride
            y1 = y0 + f
            x0 = h * stride
            x1 = x0 + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = A_prev[:, y0:y1, x0:x1, :]
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dA_prev[:, y0:y1, x0:x1, :] += mask * da
            elif mode == "average":
                dA_prev[:, y0:y1, x0:x1, :] += da / (f * f)
    return dA_prev
