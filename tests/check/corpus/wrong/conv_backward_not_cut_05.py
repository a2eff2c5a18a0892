# expect: conv_backward = not_cut
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    A_prev_pad = zero_pad(A_prev, pad)
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    dA_prev = zero_pad(np.zeros_like(A_prev), pad)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    sl = np.s_[i, h * stride:h * stride + f, w * stride:w * stride + f, :]
                    dA_prev[sl] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[sl] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return dA_prev, dW, db
