# expect: create_mask_from_window = ?
# every new record is marked and never unmarked
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    best = -np.inf
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best = x[i, j]
                mask[i, j] = True
    return mask
