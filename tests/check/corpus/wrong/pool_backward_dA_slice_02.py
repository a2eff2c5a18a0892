# expect: pool_backward = dA_slice
# graded
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hp = cache
    f, s = hp["f"], hp["stride"]
    m, H_out, W_out, n_C = dA.shape
    dx = np.zeros(A_prev.shape)
    for c in range(n_C):
        for i in range(m):
            for h in range(H_out):
                for w in range(W_out):
                    window = A_prev[i, h * s:h * s + f, w * s:w * s + f, c]
                    target = dx[i, h * s:h * s + f, w * s:w * s + f, c]
                    if mode == "max":
                        target += (window == window.max()) * dA[i, h * s:h * s + f, w * s:w * s + f, c]
                    else:
                        target += dA[i, h, w, c] / (f * f)
    return dx
