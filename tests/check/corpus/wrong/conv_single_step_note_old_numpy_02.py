# expect: conv_single_step = note:old_numpy
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W).astype(np.float)
    Z = np.sum(s) + np.asscalar(b)
    return Z
