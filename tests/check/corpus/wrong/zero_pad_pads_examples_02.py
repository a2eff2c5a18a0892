# expect: zero_pad = pads_examples
# ex 3
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((pad, pad), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=0)
    ### END CODE HERE ###
    return X_pad
