# expect: pool_backward = no_stride
# 第一周作业
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
                    window = A_prev[i, h:h + f, w:w + f, c]
                    target = dx[i, h:h + f, w:w + f, c]
                    if mode == "max":
                        target += (window == window.max()) * dA[i, h, w, c]
                    else:
                        target += dA[i, h, w, c] / (f * f)
    return dx
