# expect: conv_backward = cut_at_pad_zero
# graded
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, H, Wd, n_C) = dZ.shape

    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_prev_pad, dtype=float)
    for h in range(H):
        for w in range(Wd):
            r0 = h * stride
            r1 = r0 + f
            c0 = w * stride
            c1 = c0 + f
            a_slice = A_prev_pad[:, r0:r1, c0:c1, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, r0:r1, c0:c1, :] += W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(a_slice * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, c])
    dA_prev = dA_prev_pad[:, pad:-pad, pad:-pad, :]
    return dA_prev, dW, db
