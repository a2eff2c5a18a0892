# expect: pool_forward = no_stride + mode_ignored
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    H_out = int(1 + (H_in - f) / stride)
    W_out = int(1 + (W_in - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, H_out, W_out, n_C))

    for i in range(m):
        for h in range(H_out):
            for w in range(W_out):
                for c in range(n_C):
                    vert_start = h
                    vert_end = vert_start + f
                    horiz_start = w
                    horiz_end = horiz_start + f
                    a_prev_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_prev_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.max(a_prev_slice)

    cache = (A_prev, hparameters)
    return A, cache
