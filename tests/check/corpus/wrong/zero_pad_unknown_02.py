# expect: zero_pad = reflect | ?
# symmetric: mirrors with the border repeated
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'symmetric')
    ### END CODE HERE ###
    return X_pad
