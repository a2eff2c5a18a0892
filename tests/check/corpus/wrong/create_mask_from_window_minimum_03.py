# expect: create_mask_from_window = minimum
import numpy as np


def create_mask_from_window(x):
    return x <= np.amin(x)
