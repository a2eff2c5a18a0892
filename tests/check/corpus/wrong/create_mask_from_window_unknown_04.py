# expect: create_mask_from_window = ?
# all above the mean
# graded
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = x >= np.mean(x)
    ### END CODE HERE ###
    return mask
