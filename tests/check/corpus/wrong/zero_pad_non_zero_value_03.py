# expect: zero_pad = non_zero_value
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.ones((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[:, pad:n_H + pad, pad:n_W + pad, :] = X
    return X_pad
