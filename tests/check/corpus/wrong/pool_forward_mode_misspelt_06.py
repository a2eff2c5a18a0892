# expect: pool_forward = mode_misspelt
# 第一周作业
import numpy as np
from numpy.lib.stride_tricks import as_strided


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    H = int(1 + (n_H_prev - f) / stride)
    Wd = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, H, Wd, n_C))

    s0, s1, s2, s3 = A_prev.strides
    win = as_strided(A_prev, (m, H, Wd, f, f, n_C), (s0, s1 * stride, s2 * stride, s1, s2, s3))
    A = {"max": np.max, "avg": np.mean}[mode](win, axis=(3, 4))

    cache = (A_prev, hparameters)
    return A, cache
