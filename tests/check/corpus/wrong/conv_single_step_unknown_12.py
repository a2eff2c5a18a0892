# expect: conv_single_step = ?
# the bias is a factor
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W * np.asarray(b).item())
