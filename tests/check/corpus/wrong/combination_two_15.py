# expect: conv_backward = db_shape; pool_forward = mode_misspelt
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_forward(A_prev, W, b, hparameters):
    s = hparameters["stride"]
    p = hparameters["pad"]
    f = W.shape[0]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    windows = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    Z = np.einsum("mhwcij,ijck->mhwk", windows, W) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f = W.shape[0]
    n_H, n_W = dZ.shape[1:3]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    windows = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    dW = np.einsum("mhwcij,mhwk->ijck", windows, dZ)
    db = np.einsum("mhwk->k", dZ)
    dx = np.zeros(x.shape)
    spread = np.einsum("mhwk,ijck->mhwijc", dZ, W)
    for h in range(n_H):
        for w in range(n_W):
            dx[:, h * s:h * s + f, w * s:w * s + f, :] += spread[:, h, w]
    return dx[:, p:p + H, p:p + Wd, :], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    if mode == "max":
        A = windows.max(axis=(-2, -1))
    elif mode == "avg":
        A = windows.mean(axis=(-2, -1))
    return A, (A_prev, hparameters)
