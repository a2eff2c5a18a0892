# expect: zero_pad = ?
# [pad:-pad] fails at pad = 0
import numpy as np


def zero_pad(X, pad):
    X_pad = np.zeros((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]))
    X_pad[:, pad:-pad, pad:-pad, :] = X
    return X_pad
