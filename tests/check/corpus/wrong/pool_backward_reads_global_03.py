# expect: pool_backward = reads_global
# copied from my notebook
import numpy as np

np.random.seed(1)
X = np.random.randn(5, 5, 3, 2)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            y0 = h * stride
            y1 = y0 + f
            x0 = w * stride
            x1 = x0 + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = X[:, y0:y1, x0:x1, :]
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dX[:, y0:y1, x0:x1, :] += mask * da
            elif mode == "average":
                dX[:, y0:y1, x0:x1, :] += da / (f * f)
    return dA_prev
