# expect: conv_backward = W_times_a_slice
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, H, Wd, _ = A_prev.shape
    A_prev_pad = zero_pad(A_prev, pad)
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    dA_pad = np.zeros(A_prev_pad.shape)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for h in range(n_H):
        for w in range(n_W):
            sl = np.s_[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            dA_pad[sl] += A_prev_pad[sl] * W.sum(axis=3)
            dW += np.tensordot(A_prev_pad[sl], dZ[:, h, w], axes=(0, 0))
            db += dZ[:, h, w].sum(axis=0)
    return dA_pad[:, pad:pad + H, pad:pad + Wd], dW, db
