# expect: create_mask_from_window = blank_left
import numpy as np


def create_mask_from_window(x):
    """
    Creates a mask from an input matrix x, to identify the max entry of x.
    """
    ### START CODE HERE ### (≈1 line)
    mask = ...
    ### END CODE HERE ###
    return mask
