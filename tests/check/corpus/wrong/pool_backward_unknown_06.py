# expect: pool_backward = ?
# the maximum over examples and channels
# 第一周作业
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            vs = h * stride
            ve = vs + f
            hs = w * stride
            he = hs + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = A_prev[:, vs:ve, hs:he, :]
                mask = a_slice == a_slice.max()
                dA_prev[:, vs:ve, hs:he, :] += mask * da
            elif mode == "average":
                dA_prev[:, vs:ve, hs:he, :] += da / (f * f)
    return dA_prev
