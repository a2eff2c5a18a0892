# expect: zero_pad = pads_examples
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m + 2 * pad, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=X.dtype)
    X_pad[pad:m + pad, pad:n_H + pad, pad:n_W + pad, :] = X
    return X_pad
