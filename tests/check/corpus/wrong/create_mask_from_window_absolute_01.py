# expect: create_mask_from_window = absolute
# graded
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(np.abs(x)))
    ### END CODE HERE ###
    return mask
