# expect: zero_pad = one_sided
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + pad, n_W + pad, n_C), dtype=X.dtype)
    X_pad[:, :n_H, :n_W, :] = X
    return X_pad
