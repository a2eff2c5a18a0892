# expect: pool_backward = ? | overwritten
# assigns to the maximum only: overlapping windows with one maximum lose all but the last
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(*dA.shape):
        win = A_prev[i, h*s:h*s+f, w*s:w*s+f, c]
        if mode == "max":
            dA_prev[i, h*s:h*s+f, w*s:w*s+f, c][win == win.max()] = dA[i, h, w, c]
        else:
            dA_prev[i, h*s:h*s+f, w*s:w*s+f, c] += dA[i, h, w, c] / f ** 2
    return dA_prev
