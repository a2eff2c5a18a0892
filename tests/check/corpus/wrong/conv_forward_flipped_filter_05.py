# expect: conv_forward = flipped_filter
# graded
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    H = int((n_H_prev - f + 2 * pad) / stride) + 1
    Wd = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, H, Wd, n_C))
    A_prev_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    for h in range(H):
        for w in range(Wd):
            window = A_prev_pad[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            Z[:, h, w, :] = np.tensordot(window, np.rot90(W, 2), axes=([1, 2, 3], [0, 1, 2])) + b[0, 0, 0, :]

    cache = (A_prev, W, b, hparameters)
    return Z, cache
