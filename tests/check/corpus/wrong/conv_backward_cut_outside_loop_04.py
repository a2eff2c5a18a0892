# expect: conv_backward = cut_outside_loop
import numpy as np


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, H, Wd, _ = A_prev.shape
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    dA_prev = np.zeros_like(A_prev)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for i in range(m):
        xp = np.pad(A_prev[i], ((pad, pad), (pad, pad), (0, 0)))
        dxp = np.zeros_like(xp)
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    r, q, g = h * stride, w * stride, dZ[i, h, w, c]
                    dxp[r:r + f, q:q + f] += g * W[..., c]
                    dW[..., c] += g * xp[r:r + f, q:q + f]
                    db[..., c] += g
    dA_prev[i] = dxp[pad:pad + H, pad:pad + Wd]
    return dA_prev, dW, db
