# expect: conv_backward = no_stride
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, pad = hparameters["stride"], hparameters["pad"]
    _, H_prev, W_prev, _ = A_prev.shape
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    x = zero_pad(A_prev, pad)
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            dx[:, i:i + n_H, j:j + n_W, :] += dZ @ W[i, j].T
            dW[i, j] = np.tensordot(x[:, i:i + n_H, j:j + n_W, :], dZ, axes=([0, 1, 2], [0, 1, 2]))
    db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, n_C)
    return dx[:, pad:pad + H_prev, pad:pad + W_prev, :], dW, db
