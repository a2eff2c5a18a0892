# expect: zero_pad = one_sided
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (0, pad), (0, pad), (0, 0)), 'constant', constant_values=0)
    ### END CODE HERE ###
    return X_pad
