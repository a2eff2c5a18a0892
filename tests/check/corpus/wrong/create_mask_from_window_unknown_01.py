# expect: create_mask_from_window = ?
# the maximum of each column
# TODO clean up
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(x, axis=0))
    ### END CODE HERE ###
    return mask
