# expect: conv_backward = ?
# the stride on the height only
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def corners(h, w, stride, f):
    vert_start = h * stride
    horiz_start = w
    return vert_start, vert_start + f, horiz_start, horiz_start + f


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f = W.shape[0]
    X = zero_pad(A_prev, pad)
    dX = np.zeros_like(X)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for (i, h, w, c), g in np.ndenumerate(dZ):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        dX[i, v0:v1, h0:h1] += g * W[..., c]
        dW[..., c] += g * X[i, v0:v1, h0:h1]
        db[..., c] += g
    return dX[:, pad:pad + n_H_prev, pad:pad + n_W_prev], dW, db
