# expect: create_mask_from_window = returns_in_loop
# TODO clean up
import numpy as np


def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] == x.max():
                mask[i, j] = True
        return mask
