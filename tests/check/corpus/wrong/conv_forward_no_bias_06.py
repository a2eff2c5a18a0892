# expect: conv_forward = no_bias
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    H = int((n_H_prev - f + 2 * pad) / stride) + 1
    Wd = int((n_W_prev - f + 2 * pad) / stride) + 1

    X = zero_pad(A_prev, pad)
    cols = []
    for h in range(H):
        for w in range(Wd):
            patch = X[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            cols.append(patch.reshape(m, -1))
    cols = np.stack(cols, axis=1)              # (m, H * Wd, f * f * n_C_prev)
    W_col = W.reshape(-1, n_C)
    Z = cols @ W_col
    Z = Z.reshape(m, H, Wd, n_C)

    cache = (A_prev, W, b, hparameters)
    return Z, cache
