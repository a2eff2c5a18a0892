# expect: zero_pad = ?
# wraps around: the padding is the opposite border
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'wrap')
    ### END CODE HERE ###
    return X_pad
