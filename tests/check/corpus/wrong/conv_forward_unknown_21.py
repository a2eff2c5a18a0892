# expect: conv_forward = ?
# examples and places are mixed: right for one example only
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    H_out = int((H_in - f + 2 * pad) / stride) + 1
    W_out = int((W_in - f + 2 * pad) / stride) + 1

    X = zero_pad(A_prev, pad)
    cols = []
    for h in range(H_out):
        for w in range(W_out):
            patch = X[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            cols.append(patch.reshape(m, -1))
    cols = np.stack(cols, axis=0).reshape(m, H_out * W_out, -1)              # (m, H_out * W_out, f * f * n_C_prev)
    W_col = W.reshape(-1, n_C)
    Z = cols @ W_col + b.reshape(1, 1, -1)
    Z = Z.reshape(m, H_out, W_out, n_C)

    cache = (A_prev, W, b, hparameters)
    return Z, cache
