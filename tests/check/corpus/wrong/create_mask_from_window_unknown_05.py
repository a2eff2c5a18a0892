# expect: create_mask_from_window = ?
# the mask is inverted
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x != np.max(x))
    ### END CODE HERE ###
    return mask
