# expect: zero_pad = wrong_axes
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((pad, pad), (0, 0), (0, 0), (pad, pad)), 'constant', constant_values=0)
    ### END CODE HERE ###
    return X_pad
