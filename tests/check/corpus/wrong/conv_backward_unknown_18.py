# expect: conv_backward = ?
# dA is too small where the stride leaves a rest
import numpy as np


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    _, n_H, n_W, _ = dZ.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    d = np.zeros((m, (n_H - 1) * s + 1, (n_W - 1) * s + 1, K))
    d[:, ::s, ::s] = dZ
    dx = np.zeros((m, d.shape[1] + f - 1, d.shape[2] + f - 1, C))
    dW = np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            dx[:, i:i + d.shape[1], j:j + d.shape[2]] += d @ W[i, j].T
            dW[i, j] = np.tensordot(x[:, i:i + d.shape[1], j:j + d.shape[2]], d, ([0, 1, 2], [0, 1, 2]))
    db = dZ.sum((0, 1, 2), keepdims=True)
    return dx[:, p:p + H, p:p + Wd], dW, db
