# expect: pool_forward = window_end_stride
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))

    for h in range(n_H):
        for w in range(n_W):
            top = h * stride
            bottom = top + stride
            left = w * stride
            right = left + stride
            window = A_prev[:, top:bottom, left:right, :]
            if mode == "max":
                A[:, h, w, :] = np.max(window, axis=(1, 2))
            elif mode == "average":
                A[:, h, w, :] = np.mean(window, axis=(1, 2))

    cache = (A_prev, hparameters)
    return A, cache
