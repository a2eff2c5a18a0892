# expect: conv_forward = ?
# each filter is transposed
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    Z = Z + np.squeeze(b)
    return Z


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    A_pad = zero_pad(A_prev, pad)

    for i in range(m):
        a_prev_pad = A_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    y0 = h * stride
                    y1 = y0 + f
                    x0 = w * stride
                    x1 = x0 + f
                    a_slice_prev = a_prev_pad[y0:y1, x0:x1, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c].transpose(1, 0, 2), b[:, :, :, c])

    cache = (A_prev, W, b, hparameters)
    return Z, cache
