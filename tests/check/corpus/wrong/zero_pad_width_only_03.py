# expect: zero_pad = width_only
import numpy as np


def zero_pad(X, pad):
    zeros = np.zeros(X.shape[:2] + (pad,) + X.shape[3:])
    return np.concatenate((zeros, X, zeros), axis=2)
