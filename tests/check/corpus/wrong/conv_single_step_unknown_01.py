# expect: conv_single_step = ?
# the bias scales the sum
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.sum(s) * np.squeeze(b)
    return Z
