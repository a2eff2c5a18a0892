# expect: conv_backward = dA_never_written
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
    (m, n_H, n_W, n_C) = dZ.shape

    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    Xp = zero_pad(A_prev, pad)
    dXp = np.zeros_like(Xp, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            patch = Xp[:, vert_start:vert_end, horiz_start:horiz_end, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dXp[:, vert_start:vert_end, horiz_start:horiz_end, :] += W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(patch * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, c])
    dA_prev = np.zeros(A_prev.shape)
    return dA_prev, dW, db
