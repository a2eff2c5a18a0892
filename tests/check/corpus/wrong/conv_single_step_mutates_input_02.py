# expect: conv_single_step = mutates_input
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W, out=W)
    return np.sum(s) + np.squeeze(b)
