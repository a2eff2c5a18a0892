# expect: conv_single_step = mutates_input
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    a_slice_prev *= W
    # add it all up
    Z = np.sum(a_slice_prev)
    # now the bias
    Z = Z + np.squeeze(b)
    return Z
