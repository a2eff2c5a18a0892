# expect: conv_single_step = blank_left | returns_none
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = None
    # add it all up
    Z = None
    # now the bias
    Z = None
    return Z
