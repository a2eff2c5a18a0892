# expect: conv_forward = no_stride
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    x = A_prev.transpose(0, 3, 1, 2)          # NCHW
    w = W.transpose(3, 2, 0, 1)               # (F, C, HH, WW)
    stride, pad = hparameters["stride"], hparameters["pad"]
    N, C, H, Wd = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (Wd + 2 * pad - WW) // stride
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for k in range(F):
            for p in range(H_out):
                for q in range(W_out):
                    out[n, k, p, q] = np.sum(xp[n, :, p:p + HH, q:q + WW] * w[k]) + b[0, 0, 0, k]
    cache = (A_prev, W, b, hparameters)
    return out.transpose(0, 2, 3, 1), cache
