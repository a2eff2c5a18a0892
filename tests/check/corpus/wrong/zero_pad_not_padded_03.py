# expect: zero_pad = not_padded
# np.pad returns a new array, which is thrown away
import numpy as np


def zero_pad(X, pad):
    X_pad = X.copy()
    np.pad(X_pad, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant')
    return X_pad
