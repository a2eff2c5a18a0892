# expect: conv_forward = first_filter
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.asarray(b).item()
    return Z


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    Xp = zero_pad(A_prev, pad)

    for i in range(m):
        a_prev_pad = Xp[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vert_start = h * stride
                    vert_end = vert_start + f
                    horiz_start = w * stride
                    horiz_end = horiz_start + f
                    patch = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    Z[i, h, w, c] = conv_single_step(patch, W[:, :, :, 0], b[:, :, :, c])

    cache = (A_prev, W, b, hparameters)
    return Z, cache
