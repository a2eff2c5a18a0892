# expect: create_mask_from_window = ?
# the flat index is divided by the number of rows: right on square windows only, an error on others
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    i = np.argmax(x)
    mask[i // x.shape[0], i % x.shape[0]] = True
    return mask
