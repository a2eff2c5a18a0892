# expect: conv_forward = aliases_cache | mutates_input | ?
# overwrites the cached input with the padded one
# 第一周作业
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + np.reshape(b, -1)[0]


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    H = int((n_H_prev - f + 2 * pad) / stride) + 1
    Wd = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, H, Wd, n_C))
    A_prev_pad = zero_pad(A_prev, pad)

    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(H):
            for w in range(Wd):
                for c in range(n_C):
                    r0 = h * stride
                    r1 = r0 + f
                    c0 = w * stride
                    c1 = c0 + f
                    a_slice_prev = a_prev_pad[r0:r1, c0:c1, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])

    A_prev[...] = A_prev_pad[:, :n_H_prev, :n_W_prev, :]
    cache = (A_prev, W, b, hparameters)
    return Z, cache
