# expect: conv_forward = bias_first_channel
# my solution, week 1 assignment 1
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // s + 1
    n_W = (n_W_prev - f + 2 * pad) // s + 1
    x = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(f):
        for j in range(f):
            Z += x[:, i:i + s * n_H:s, j:j + s * n_W:s, :] @ W[i, j]
    Z += b.flat[0]
    return Z, (A_prev, W, b, hparameters)
