# expect: pool_forward = minimum
# ex 3
import numpy as np
from numpy.lib.stride_tricks import as_strided


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    f = hparameters["f"]
    stride = hparameters["stride"]
    n_H = int(1 + (n_H_prev - f) / stride)
    n_W = int(1 + (n_W_prev - f) / stride)
    n_C = n_C_prev
    A = np.zeros((m, n_H, n_W, n_C))

    s0, s1, s2, s3 = A_prev.strides
    win = as_strided(A_prev, (m, n_H, n_W, f, f, n_C), (s0, s1 * stride, s2 * stride, s1, s2, s3))
    A = {"max": np.min, "average": np.mean}[mode](win, axis=(3, 4))

    cache = (A_prev, hparameters)
    return A, cache
