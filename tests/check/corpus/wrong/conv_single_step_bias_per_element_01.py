# expect: conv_single_step = bias_per_element
# copied from my notebook
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W) + b
    # add it all up
    Z = np.sum(s)
    # now the bias
    return Z
