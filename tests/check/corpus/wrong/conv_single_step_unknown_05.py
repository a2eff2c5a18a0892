# expect: conv_single_step = ?
# a ReLU was added
# why is this wrong?? the shapes are ok
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.squeeze(b)
    return np.maximum(Z, 0)
