# expect: conv_backward = dW_overwritten
import numpy as np
from scipy import signal


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    # put the gradient on the grid of stride 1
    d = np.zeros((m, x.shape[1] - f + 1, x.shape[2] - f + 1, n_C))
    d[:, :s * n_H:s, :s * n_W:s, :] = dZ
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    for i in range(m):
        for k in range(n_C_prev):
            for c in range(n_C):
                dx[i, :, :, k] += signal.convolve2d(d[i, :, :, c], W[:, :, k, c], mode="full")
                dW[:, :, k, c] = signal.correlate2d(x[i, :, :, k], d[i, :, :, c], mode="valid")
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    return dx[:, p:p + H, p:p + Wd, :], dW, db
