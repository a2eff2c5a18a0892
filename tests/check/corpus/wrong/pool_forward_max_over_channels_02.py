# expect: pool_forward = max_over_channels
# why is this wrong?? the shapes are ok
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    m, H, Wd, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = (H - f) // s + 1, (Wd - f) // s + 1
    pool = np.max if mode == "max" else np.mean
    A = np.empty((m, n_H, n_W, C))
    for c in range(C):
        for w in range(n_W):
            for h in range(n_H):
                for i in range(m):
                    A[i, h, w, c] = pool(A_prev[i, h * s:h * s + f, w * s:w * s + f])
    return A, (A_prev, hparameters)
