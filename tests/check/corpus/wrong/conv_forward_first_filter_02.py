# expect: conv_forward = first_filter
# why is this wrong?? the shapes are ok
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
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    A_pad = zero_pad(A_prev, pad)
    for h in range(n_H):
        for w in range(n_W):
            y0 = h * stride
            y1 = y0 + f
            x0 = w * stride
            x1 = x0 + f
            a_slice = A_pad[:, y0:y1, x0:x1, :]
            for c in range(n_C):
                Z[:, h, w, c] = np.sum(a_slice * W[None, :, :, :, 0], axis=(1, 2, 3)) + b[0, 0, 0, c]

    cache = (A_prev, W, b, hparameters)
    return Z, cache
