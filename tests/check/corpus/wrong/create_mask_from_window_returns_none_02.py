# expect: create_mask_from_window = returns_none
import numpy as np


def create_mask_from_window(x):
    mask = x == np.max(x)
    print(mask)
