# expect: zero_pad = wrong_axes
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    rows = np.zeros((pad,) + X.shape[1:], dtype=X.dtype)
    X = np.concatenate([rows, X, rows], axis=0)
    cols = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]), dtype=X.dtype)
    return np.concatenate([cols, X, cols], axis=1)
