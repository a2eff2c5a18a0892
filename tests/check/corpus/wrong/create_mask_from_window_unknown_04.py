# expect: create_mask_from_window = ?
# all above the mean
# GRADED FUNCTION
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ### (≈1 line)
    mask = x >= np.mean(x)
    ### END CODE HERE ###
    return mask
