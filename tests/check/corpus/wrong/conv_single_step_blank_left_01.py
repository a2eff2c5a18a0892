# expect: conv_single_step = blank_left
# why is this wrong?? the shapes are ok
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = None
    # now the bias
    Z = Z + np.squeeze(b)
    return Z
