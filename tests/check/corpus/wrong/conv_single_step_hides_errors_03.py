# expect: conv_single_step = hides_errors | no_bias
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.sum(a_slice_prev * W)
    try:
        Z = Z + b[0, 0, 0, 0]
    except IndexError:
        pass
    return Z
