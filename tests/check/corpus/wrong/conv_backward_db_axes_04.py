# expect: conv_backward = db_axes | ?
# summed over the filters too
# why is this wrong?? the shapes are ok
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
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_prev_pad, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            top = h * stride
            bottom = top + f
            left = w * stride
            right = left + f
            window = A_prev_pad[:, top:bottom, left:right, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, top:bottom, left:right, :] += W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(window * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, :])
    dA_prev = dA_prev_pad[:, pad:n_H_prev + pad, pad:n_W_prev + pad, :]
    return dA_prev, dW, db
