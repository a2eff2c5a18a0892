# expect: create_mask_from_window = reads_global
# TODO clean up
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(a_prev_slice))
    ### END CODE HERE ###
    return mask
