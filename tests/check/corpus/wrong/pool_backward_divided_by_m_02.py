# expect: pool_backward = divided_by_m
# ex 3
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += mask * da
            elif mode == "average":
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += da / (f * f)
    return dA_prev / m
