# expect: zero_pad = height_only + edge
# my solution, week 1 assignment 1
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (pad, pad), (0, 0), (0, 0)), 'edge')
    ### END CODE HERE ###
    return X_pad
