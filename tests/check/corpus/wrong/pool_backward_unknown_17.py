# expect: pool_backward = ?
# upsampling: right only where f = stride and the windows tile
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    up = np.repeat(np.repeat(dA, f, axis=1), f, axis=2)
    if mode == "average":
        return up / (f * f)
    pooled = A_prev.reshape(len(A_prev), dA.shape[1], f, dA.shape[2], f, -1).max(axis=(2, 4))
    return up * (A_prev == np.repeat(np.repeat(pooled, f, axis=1), f, axis=2))
