# expect: conv_forward = ?
# columns are channel-major, the filter's rows are not: right for one input channel
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    x = zero_pad(A_prev, p)
    n_H, n_W = (n_H_prev - f + 2 * p) // s + 1, (n_W_prev - f + 2 * p) // s + 1
    cols = np.empty((m, n_H, n_W, n_C_prev * f * f))
    for h in range(n_H):
        for w in range(n_W):
            cols[:, h, w] = x[:, h*s:h*s+f, w*s:w*s+f].transpose(0, 3, 1, 2).reshape(m, -1)
    Z = cols @ W.reshape(-1, n_C) + b
    return Z, (A_prev, W, b, hparameters)
