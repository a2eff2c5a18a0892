# expect: create_mask_from_window = absolute
# copied from my notebook
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (np.abs(x) == np.max(np.abs(x)))
    ### END CODE HERE ###
    return mask
