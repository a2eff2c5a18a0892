# expect: create_mask_from_window = returns_none
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(x))
    ### END CODE HERE ###
