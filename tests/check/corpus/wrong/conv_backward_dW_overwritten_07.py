# expect: conv_backward = dW_overwritten
# my solution, week 1 assignment 1
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def corners(h, w, stride, f):
    y0 = h * stride
    x0 = w * stride
    return y0, y0 + f, x0, x0 + f


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f = W.shape[0]
    X = zero_pad(A_prev, pad)
    dX = np.zeros_like(X)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for (i, h, w, c), g in np.ndenumerate(dZ):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        dX[i, v0:v1, h0:h1] += g * W[..., c]
        dW[..., c] = g * X[i, v0:v1, h0:h1]
        db[..., c] += g
    return dX[:, pad:pad + n_H_prev, pad:pad + n_W_prev], dW, db
