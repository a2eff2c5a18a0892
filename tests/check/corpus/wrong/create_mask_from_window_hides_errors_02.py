# expect: create_mask_from_window = hides_errors
import numpy as np


def create_mask_from_window(x):
    try:
        mask = np.zeros(x.shape, bool)
        mask[x.tolist().index(x.max())] = True
    except ValueError:
        mask = np.zeros(x.shape, bool)
    return mask
