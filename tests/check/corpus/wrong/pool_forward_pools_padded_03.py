# expect: pool_forward = pools_padded | ?
# the output is larger too
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    x = np.pad(A_prev, ((0, 0), (1, 1), (1, 1), (0, 0)), 'constant')
    m, H, Wd, C = x.shape
    f, s = hparameters["f"], hparameters["stride"]
    n_H, n_W = (H - f) // s + 1, (Wd - f) // s + 1
    pool = np.max if mode == "max" else np.mean
    A = np.empty((m, n_H, n_W, C))
    for c in range(C):
        for w in range(n_W):
            for h in range(n_H):
                for i in range(m):
                    A[i, h, w, c] = pool(x[i, h * s:h * s + f, w * s:w * s + f, c])
    return A, (A_prev, hparameters)
