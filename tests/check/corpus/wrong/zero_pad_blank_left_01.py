# expect: zero_pad = blank_left | returns_none
# my solution, week 1 assignment 1
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = None
    ### END CODE HERE ###
    return X_pad
