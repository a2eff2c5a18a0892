# expect: create_mask_from_window = ?
# spreads the maximum instead of marking it
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = x.max() * np.ones_like(x)
    ### END CODE HERE ###
    return mask
