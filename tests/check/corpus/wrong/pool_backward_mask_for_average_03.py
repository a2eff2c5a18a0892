# expect: pool_backward = mask_for_average
# graded
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    # indices of all windows: (n_H, n_W, f, f)
    rows = (np.arange(n_H) * stride)[:, None, None, None] + np.arange(f)[None, None, :, None]
    cols = (np.arange(n_W) * stride)[None, :, None, None] + np.arange(f)[None, None, None, :]
    if True:
        win = A_prev[:, rows, cols, :]           # (m, n_H, n_W, f, f, n_C)
        share = (win == win.max(axis=(3, 4), keepdims=True)) * dA[:, :, :, None, None, :]
    else:
        share = np.broadcast_to((dA / (f * f))[:, :, :, None, None, :], (m, n_H, n_W, f, f, n_C))
    dA_prev = np.zeros(A_prev.shape)
    np.add.at(dA_prev, (slice(None), rows, cols), share)
    return dA_prev
