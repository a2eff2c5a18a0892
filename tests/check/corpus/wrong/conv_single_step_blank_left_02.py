# expect: conv_single_step = blank_left | returns_none
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # Element-wise product between a_slice and W. Do not add the bias yet.
    s = None
    # Sum over all entries of the volume s.
    Z = None
    # Add bias b to Z.
    Z = None
    return Z
