# expect: conv_forward = bias_first_channel; conv_backward = db_overwritten
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad:n_H + pad, pad:n_W + pad, :] = X
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    s, p = hparameters["stride"], hparameters["pad"]
    n_H = (n_H_prev + 2 * p - f) // s + 1
    n_W = (n_W_prev + 2 * p - f) // s + 1
    x = zero_pad(A_prev, p)
    Z = np.zeros((m, n_H, n_W, n_C))
    for c in range(n_C):
        for h in range(n_H):
            for w in range(n_W):
                for i in range(m):
                    Z[i, h, w, c] = np.sum(x[i, h * s:h * s + f, w * s:w * s + f, :] * W[:, :, :, c]) + b[0, 0, 0, 0]
    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    x = zero_pad(A_prev, p)
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    for c in range(n_C):
        for h in range(n_H):
            for w in range(n_W):
                for i in range(m):
                    g = dZ[i, h, w, c]
                    dx[i, h * s:h * s + f, w * s:w * s + f, :] += g * W[..., c]
                    dW[..., c] += g * x[i, h * s:h * s + f, w * s:w * s + f, :]
                    db[..., c] = g
    dA_prev = dx[:, p:H + p, p:Wd + p, :]
    return dA_prev, dW, db
