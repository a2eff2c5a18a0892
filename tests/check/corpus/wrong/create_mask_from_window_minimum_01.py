# expect: create_mask_from_window = minimum
# TODO clean up
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.min(x))
    ### END CODE HERE ###
    return mask
