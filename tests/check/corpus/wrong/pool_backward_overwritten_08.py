# expect: pool_backward = overwritten
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(*dA.shape):
        at = np.s_[i, h*s:h*s+f, w*s:w*s+f, c]
        if mode == "max":
            dA_prev[at] = (A_prev[at] == A_prev[at].max()) * dA[i, h, w, c]
        else:
            dA_prev[at] = np.full((f, f), dA[i, h, w, c] / f ** 2)
    return dA_prev
