# expect: conv_single_step = mean_for_sum
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    return (a_slice_prev * W).mean() + np.asarray(b).item()
