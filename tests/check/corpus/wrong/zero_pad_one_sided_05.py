# expect: zero_pad = one_sided
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    rows = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]), dtype=X.dtype)
    X = np.concatenate([rows, X], axis=1)
    cols = np.zeros((X.shape[0], X.shape[1], pad, X.shape[3]), dtype=X.dtype)
    return np.concatenate([cols, X], axis=2)
