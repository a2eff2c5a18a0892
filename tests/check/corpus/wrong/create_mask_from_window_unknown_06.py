# expect: create_mask_from_window = ?
# the mask of a ReLU
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x > 0)
    ### END CODE HERE ###
    return mask
