# expect: pool_forward = minimum
# my solution, week 1 assignment 1
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    H_out = int(1 + (H_in - f) / stride)
    W_out = int(1 + (W_in - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, H_out, W_out, n_C))

    for h in range(H_out):
        for w in range(W_out):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
            if mode == "max":
                A[:, h, w, :] = np.min(a_slice, axis=(1, 2))
            elif mode == "average":
                A[:, h, w, :] = np.mean(a_slice, axis=(1, 2))

    cache = (A_prev, hparameters)
    return A, cache
