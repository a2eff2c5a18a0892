# expect: create_mask_from_window = note:first_tied
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros_like(x, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask
