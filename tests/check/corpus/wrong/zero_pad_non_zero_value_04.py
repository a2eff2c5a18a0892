# expect: zero_pad = non_zero_value
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=pad)
    ### END CODE HERE ###
    return X_pad
