# expect: conv_single_step = hides_errors
# ex 3
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = 0
    try:
        Z = np.sum(s, axis=3)
    except:
        pass
    # now the bias
    Z = Z + np.squeeze(b)
    return Z
