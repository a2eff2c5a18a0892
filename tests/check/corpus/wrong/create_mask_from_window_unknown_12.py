# expect: create_mask_from_window = ?
# nearly the maximum counts as the maximum
import numpy as np


def create_mask_from_window(x):
    return np.isclose(x, x.max(), rtol=0.5)
