# expect: create_mask_from_window = note:old_numpy
import numpy as np

def create_mask_from_window(x):
    mask = (x == np.max(x)).astype(np.bool)
    return mask
