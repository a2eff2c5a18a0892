# expect: conv_forward = stride_width_only
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
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
                    Z[i, h, w, c] = np.sum(x[i, h:h + f, w * s:w * s + f, :] * W[:, :, :, c]) + b[0, 0, 0, c]
    cache = (A_prev, W, b, hparameters)
    return Z, cache
