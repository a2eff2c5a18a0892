# expect: create_mask_from_window = argmax_index
# indexes rows with the flat index
import numpy as np


def create_mask_from_window(x):
    mask = np.zeros(x.shape)
    mask[np.argmax(x) % x.shape[0]] = 1
    return mask
