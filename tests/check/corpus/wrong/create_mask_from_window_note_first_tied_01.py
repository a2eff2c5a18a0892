# expect: create_mask_from_window = note:first_tied
import numpy as np


def create_mask_from_window(x):
    mask = np.zeros(x.size, dtype=bool)
    mask[x.ravel().argmax()] = True
    return mask.reshape(x.shape)
