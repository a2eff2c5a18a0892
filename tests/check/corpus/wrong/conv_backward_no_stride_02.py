# expect: conv_backward = no_stride
# copied from my notebook
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
            vs = h
            ve = vs + f
            hs = w
            he = hs + f
            a_slice = A_prev_pad[:, vs:ve, hs:he, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, vs:ve, hs:he, :] += W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(a_slice * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, c])
    dA_prev = dA_prev_pad[:, pad:n_H_prev + pad, pad:n_W_prev + pad, :]
    return dA_prev, dW, db
