# expect: zero_pad = pads_channels
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C + 2 * pad), dtype=X.dtype)
    X_pad[:, pad:n_H + pad, pad:n_W + pad, pad:n_C + pad] = X
    return X_pad
