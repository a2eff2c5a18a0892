# expect: zero_pad = width_only
import numpy as np


def zero_pad(X, pad):
    rows = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]), dtype=X.dtype)
    cols = np.zeros((X.shape[0], X.shape[1], pad, X.shape[3]), dtype=X.dtype)
    return np.concatenate([cols, X, cols], axis=2)
