# expect: conv_forward = reads_global | no_stride
# my solution, week 1 assignment 1
import numpy as np

stride = 1


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    pad = hparameters['pad']
    H_out = int((H_in - f + 2 * pad) / stride) + 1
    W_out = int((W_in - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, H_out, W_out, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for h in range(H_out):
        for w in range(W_out):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            a_slice = A_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :]
            for c in range(n_C):
                Z[:, h, w, c] = np.sum(a_slice * W[None, :, :, :, c], axis=(1, 2, 3)) + b[0, 0, 0, c]

    cache = (A_prev, W, b, hparameters)
    return Z, cache
