# expect: create_mask_from_window = ?
# starts the search at 0: nothing is marked where all are negative
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    best = 0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best = x[i, j]
    return x == best
