# expect: zero_pad = ?
# every image is transposed
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c))
    for i in range(h):
        for j in range(w):
            out[:, i + pad, j + pad] = X[:, j % h, i % w]
    return out
