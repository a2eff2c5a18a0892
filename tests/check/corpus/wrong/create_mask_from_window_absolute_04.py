# expect: create_mask_from_window = absolute
import numpy as np


def create_mask_from_window(x):
    m = max(x.max(), -x.min())
    return np.abs(x) == m
