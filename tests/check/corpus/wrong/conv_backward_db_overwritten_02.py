# expect: conv_backward = db_overwritten
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, H_out, W_out, n_C) = dZ.shape

    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_prev_pad, dtype=float)
    for h in range(H_out):
        for w in range(W_out):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            a_slice = A_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :] += W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(a_slice * dz, axis=0)
                db[:, :, :, c] = np.sum(dZ[:, h, w, c])
    dA_prev = dA_prev_pad[:, pad:H_in + pad, pad:W_in + pad, :]
    return dA_prev, dW, db
