# expect: pool_backward = ?
# row and column of the maximum are exchanged within the window
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    win = A_prev[i, h*s:h*s+f, w*s:w*s+f, c]
                    if mode == "max":
                        k = np.argmax(win)
                        dA_prev[i, h*s + k % f, w*s + k // f, c] += dA[i, h, w, c]
                    else:
                        dA_prev[i, h*s:h*s+f, w*s:w*s+f, c] += dA[i, h, w, c] / (f * f)
    return dA_prev
