# expect: conv_single_step = note:returns_float
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    return float(np.sum(a_slice_prev * W)) + np.asarray(b).item()
