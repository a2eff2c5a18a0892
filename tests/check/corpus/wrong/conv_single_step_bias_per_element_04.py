# expect: conv_single_step = bias_per_element
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    s += b
    Z = s.sum()
    return Z
