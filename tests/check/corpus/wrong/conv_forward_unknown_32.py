# expect: conv_forward = ?
# W[j, i] for W[i, j]
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    x = zero_pad(A_prev, p)
    n_H, n_W = (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1
    Z = np.zeros((len(x), n_H, n_W, W.shape[3]))
    Z += b
    for i in range(f):
        for j in range(f):
            Z += np.einsum("mhwc,ck->mhwk", x[:, i:i+s*n_H:s, j:j+s*n_W:s], W[j, i])
    return Z, (A_prev, W, b, hparameters)
