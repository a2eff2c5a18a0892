# expect: pool_backward = ?
# divides by the number of maxima of all examples and channels together
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for h in range(n_H):
        for w in range(n_W):
            win = A_prev[:, h*s:h*s+f, w*s:w*s+f]
            if mode == "max":
                mask = win == np.max(win, axis=(1, 2), keepdims=True)
                share = mask * dA[:, h:h+1, w:w+1] / mask.sum()
            else:
                share = np.ones(win.shape) * dA[:, h:h+1, w:w+1] / (f * f)
            dA_prev[:, h*s:h*s+f, w*s:w*s+f] += share
    return dA_prev
