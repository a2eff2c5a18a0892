# expect: pool_forward = mutates_input
# why is this wrong?? the shapes are ok
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    H = int(1 + (n_H_prev - f) / stride)
    Wd = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, H, Wd, n_C))

    for i in range(m):
        for h in range(H):
            for w in range(Wd):
                for c in range(n_C):
                    r0 = h * stride
                    r1 = r0 + f
                    c0 = w * stride
                    c1 = c0 + f
                    a_prev_slice = A_prev[i, r0:r1, c0:c1, c]
                    a_prev_slice[a_prev_slice < np.max(a_prev_slice)] *= 1 if mode == "average" else 0
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_prev_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_prev_slice)

    cache = (A_prev, hparameters)
    return A, cache
