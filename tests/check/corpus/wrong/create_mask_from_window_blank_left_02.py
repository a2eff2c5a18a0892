# expect: create_mask_from_window = blank_left
import numpy as np


def create_mask_from_window(x):
    """
    true where x is largest
    """
    ### START CODE HERE ###
    mask = ...
    ### END CODE HERE ###
    return mask
