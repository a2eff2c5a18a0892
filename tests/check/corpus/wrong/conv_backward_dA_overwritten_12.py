# expect: conv_backward = dA_overwritten
# fancy-index += keeps the last window's share only
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
    _, n_H, n_W, _ = dZ.shape
    x = zero_pad(A_prev, p)
    rows = (np.arange(n_H) * s)[:, None] + np.arange(f)
    cols = (np.arange(n_W) * s)[:, None] + np.arange(f)
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    for i in range(m):
        win = x[i][rows[:, None, :, None], cols[None, :, None, :]]
        dW += np.einsum("hwijc,hwk->ijck", win, dZ[i])
        dx[i][rows[:, None, :, None], cols[None, :, None, :]] += np.einsum("hwk,ijck->hwijc", dZ[i], W)
    return dx[:, p:p + H, p:p + Wd], dW, dZ.sum((0, 1, 2), keepdims=True)
