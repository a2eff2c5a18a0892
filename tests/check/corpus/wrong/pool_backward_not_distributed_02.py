# expect: pool_backward = not_distributed
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    m, n_H, n_W, n_C = dA.shape
    dx = np.zeros(A_prev.shape)
    for c in range(n_C):
        for i in range(m):
            for h in range(n_H):
                for w in range(n_W):
                    window = A_prev[i, h * s:h * s + f, w * s:w * s + f, c]
                    target = dx[i, h * s:h * s + f, w * s:w * s + f, c]
                    if mode == "max":
                        target += (window == window.max()) * dA[i, h, w, c]
                    else:
                        target += dA[i, h, w, c]
    return dx
