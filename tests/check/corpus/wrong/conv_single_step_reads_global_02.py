# expect: conv_single_step = reads_global
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice, W)
    return np.sum(s) + np.squeeze(b)
