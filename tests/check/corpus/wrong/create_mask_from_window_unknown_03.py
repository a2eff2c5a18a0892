# expect: create_mask_from_window = ?
# the values, not a mask
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(x)) * x
    ### END CODE HERE ###
    return mask
