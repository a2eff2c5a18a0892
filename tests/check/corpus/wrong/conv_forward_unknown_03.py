# expect: conv_forward = ?
# the window's strides are exchanged: the filter is transposed
import numpy as np
from numpy.lib.stride_tricks import as_strided


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    xp = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")
    s0, s1, s2, s3 = xp.strides
    windows = as_strided(xp, shape=(m, n_H, n_W, f, f, n_C_prev),
                         strides=(s0, s1 * stride, s2 * stride, s2, s1, s3))
    Z = np.tensordot(windows, W, axes=3) + b

    cache = (A_prev, W, b, hparameters)
    return Z, cache
