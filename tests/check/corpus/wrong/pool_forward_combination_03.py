# expect: pool_forward = starts_swapped + sum_for_mean
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    H = int(1 + (n_H_prev - f) / stride)
    Wd = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, H, Wd, n_C))

    for h in range(H):
        for w in range(Wd):
            r0 = w * stride
            r1 = r0 + f
            c0 = h * stride
            c1 = c0 + f
            a_slice = A_prev[:, r0:r1, c0:c1, :]
            if mode == "max":
                A[:, h, w, :] = np.max(a_slice, axis=(1, 2))
            elif mode == "average":
                A[:, h, w, :] = np.sum(a_slice, axis=(1, 2))

    cache = (A_prev, hparameters)
    return A, cache
