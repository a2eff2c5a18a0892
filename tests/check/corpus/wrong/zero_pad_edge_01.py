# expect: zero_pad = edge
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'edge')
    ### END CODE HERE ###
    return X_pad
