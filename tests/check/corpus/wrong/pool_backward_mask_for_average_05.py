# expect: pool_backward = mask_for_average
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for h in range(n_H):
        for w in range(n_W):
            win = A_prev[:, h*s:h*s+f, w*s:w*s+f]
            mask = win == np.max(win, axis=(1, 2), keepdims=True)
            dA_prev[:, h*s:h*s+f, w*s:w*s+f] += mask * dA[:, h:h+1, w:w+1]
    return dA_prev
