# expect: conv_backward = ?
# db is a mean
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = zero_pad(A_prev, p)
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            g = dZ[:, h, w]
            dx[:, h*s:h*s+f, w*s:w*s+f] += np.einsum("mk,ijck->mijc", g, W)
            dW += np.einsum("mijc,mk->ijck", x[:, h*s:h*s+f, w*s:w*s+f], g)
    db = np.mean(dZ, axis=(0, 1, 2), keepdims=True)
    return dx[:, p:p + H, p:p + Wd], dW, db
