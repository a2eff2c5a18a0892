# expect: pool_backward = returns_none
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    offsets = [(i, j) for i in range(f) for j in range(f)]
    def part(X, i, j):
        return X[:, i:i + s * n_H:s, j:j + s * n_W:s, :]
    dA_prev = np.zeros(A_prev.shape)
    if mode == "max":
        best = np.max([part(A_prev, i, j) for i, j in offsets], axis=0)
        for i, j in offsets:
            part(dA_prev, i, j)[...] += (part(A_prev, i, j) == best) * dA
    else:
        for i, j in offsets:
            part(dA_prev, i, j)[...] += dA / f ** 2
    assert dA_prev.shape == A_prev.shape
