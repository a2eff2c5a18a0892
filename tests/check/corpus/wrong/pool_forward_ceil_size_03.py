# expect: pool_forward = ceil_size
# 第一周作业
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    m, H, Wd, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    H_out, W_out = -(-(H - f) // s) + 1, -(-(Wd - f) // s) + 1
    pool = np.max if mode == "max" else np.mean
    A = np.empty((m, H_out, W_out, C))
    for c in range(C):
        for w in range(W_out):
            for h in range(H_out):
                for i in range(m):
                    A[i, h, w, c] = pool(A_prev[i, h * s:h * s + f, w * s:w * s + f, c])
    return A, (A_prev, hparameters)
