# expect: conv_single_step = flipped_filter + no_bias
# GRADED FUNCTION
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # Element-wise product between a_slice and W. Do not add the bias yet.
    s = np.multiply(a_slice_prev, W[::-1, ::-1])
    # Sum over all entries of the volume s.
    Z = np.sum(s)
    # Add bias b to Z.
    return Z
