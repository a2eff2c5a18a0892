# expect: zero_pad = ?
# all the padding is above and to the left
# 第一周作业
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, 2 * pad:n_H + 2 * pad, 2 * pad:n_W + 2 * pad, :] = X
    return X_pad
