# expect: pool_forward = ?
# pools over the examples too
# why is this wrong?? the shapes are ok
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
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
            if mode == "max":
                A[:, h, w, :] = np.max(a_slice, axis=(0, 1, 2))
            elif mode == "average":
                A[:, h, w, :] = np.mean(a_slice, axis=(0, 1, 2))

    cache = (A_prev, hparameters)
    return A, cache
