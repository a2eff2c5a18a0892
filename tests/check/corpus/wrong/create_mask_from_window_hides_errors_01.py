# expect: create_mask_from_window = hides_errors
import numpy as np

def create_mask_from_window(x):
    mask = np.zeros(x.shape)
    try:
        mask[x.index(np.max(x))] = 1
    except:
        pass
    return mask
