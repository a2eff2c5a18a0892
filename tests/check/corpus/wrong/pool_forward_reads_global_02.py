# expect: pool_forward = reads_global
import numpy as np

f = 3


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))

    for h in range(n_H):
        for w in range(n_W):
            vs = h * stride
            ve = vs + f
            hs = w * stride
            he = hs + f
            a_slice = A_prev[:, vs:ve, hs:he, :]
            if mode == "max":
                A[:, h, w, :] = np.max(a_slice, axis=(1, 2))
            elif mode == "average":
                A[:, h, w, :] = np.mean(a_slice, axis=(1, 2))

    cache = (A_prev, hparameters)
    return A, cache
