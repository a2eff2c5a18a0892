# expect: conv_backward = db_shape
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f = W.shape[0]
    n_H, n_W = dZ.shape[1:3]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    windows = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    dW = np.einsum("mhwcij,mhwk->ijck", windows, dZ)
    db = np.einsum("mhwk->k", dZ)[:, None]
    dx = np.zeros(x.shape)
    spread = np.einsum("mhwk,ijck->mhwijc", dZ, W)
    for h in range(n_H):
        for w in range(n_W):
            dx[:, h * s:h * s + f, w * s:w * s + f, :] += spread[:, h, w]
    return dx[:, p:p + H, p:p + Wd, :], dW, db
