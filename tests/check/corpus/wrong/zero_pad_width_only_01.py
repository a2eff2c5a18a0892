# expect: zero_pad = width_only
# my solution, week 1 assignment 1
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (0, 0), (pad, pad), (0, 0)), 'constant', constant_values=0)
    ### END CODE HERE ###
    return X_pad
