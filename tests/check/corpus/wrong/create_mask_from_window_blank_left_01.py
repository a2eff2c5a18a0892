# expect: create_mask_from_window = blank_left | returns_none
# copied from my notebook
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = None
    ### END CODE HERE ###
    return mask
