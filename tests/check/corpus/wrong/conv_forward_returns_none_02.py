# expect: conv_forward = returns_none
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    X = zero_pad(A_prev, pad)
    cols = []
    for h in range(n_H):
        for w in range(n_W):
            patch = X[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            cols.append(patch.reshape(m, -1))
    cols = np.stack(cols, axis=1)              # (m, n_H * n_W, f * f * n_C_prev)
    W_col = W.reshape(-1, n_C)
    Z = cols @ W_col + b.reshape(1, 1, -1)
    Z = Z.reshape(m, n_H, n_W, n_C)

    cache = (A_prev, W, b, hparameters)
    print(Z.shape)
