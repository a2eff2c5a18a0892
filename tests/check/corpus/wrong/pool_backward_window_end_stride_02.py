# expect: pool_backward = window_end_stride
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, H, Wd, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(H):
        for w in range(Wd):
            r0 = h * stride
            r1 = r0 + stride
            c0 = w * stride
            c1 = c0 + stride
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = A_prev[:, r0:r1, c0:c1, :]
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dA_prev[:, r0:r1, c0:c1, :] += mask * da
            elif mode == "average":
                dA_prev[:, r0:r1, c0:c1, :] += da / (f * f)
    return dA_prev
