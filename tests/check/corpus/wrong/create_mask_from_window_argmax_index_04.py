# expect: create_mask_from_window = argmax_index
import numpy as np

def create_mask_from_window(x):
    mask = np.unravel_index(np.argmax(x), x.shape)
    return mask
