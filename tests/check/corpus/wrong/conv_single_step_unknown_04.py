# expect: conv_single_step = ?
# the maximum for the sum
# my solution, week 1 assignment 1
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.max(s)
    # now the bias
    Z = Z + np.squeeze(b)
    return Z
