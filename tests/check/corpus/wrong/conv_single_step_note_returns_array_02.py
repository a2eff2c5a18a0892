# expect: conv_single_step = note:returns_array
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W, keepdims=True) + b
