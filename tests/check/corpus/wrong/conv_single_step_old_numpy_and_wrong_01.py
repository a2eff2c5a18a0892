# expect: conv_single_step = mean_for_sum
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.mean(s)
    Z = Z + float(b)
    return Z
