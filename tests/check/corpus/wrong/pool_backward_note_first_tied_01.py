# expect: pool_backward = note:first_tied
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(*dA.shape):
        win = A_prev[i, h*s:h*s+f, w*s:w*s+f, c]
        if mode == "max":
            r, q = np.unravel_index(np.argmax(win), win.shape)
            dA_prev[i, h*s + r, w*s + q, c] += dA[i, h, w, c]
        else:
            dA_prev[i, h*s:h*s+f, w*s:w*s+f, c] += dA[i, h, w, c] / f ** 2
    return dA_prev
