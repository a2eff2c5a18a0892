# expect: zero_pad = wrong_axes
# ex 3
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant', constant_values=0)
    ### END CODE HERE ###
    return X_pad
