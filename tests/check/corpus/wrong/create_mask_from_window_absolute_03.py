# expect: create_mask_from_window = absolute
import numpy as np


def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if abs(x[i, j]) == abs(x).max():
                mask[i, j] = True
    return mask
