# expect: conv_single_step = note:returns_array
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    Z = Z + b
    return Z
