# expect: create_mask_from_window = mutates_input
# TODO clean up
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = x
    mask[x < np.max(x)] = 0
    mask[x != 0] = 1
    ### END CODE HERE ###
    return mask
