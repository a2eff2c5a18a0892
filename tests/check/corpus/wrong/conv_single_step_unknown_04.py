# expect: conv_single_step = ?
# the maximum for the sum
# my solution, week 1 assignment 1
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # Element-wise product between a_slice and W. Do not add the bias yet.
    s = np.multiply(a_slice_prev, W)
    # Sum over all entries of the volume s.
    Z = np.max(s)
    # Add bias b to Z.
    Z = Z + np.squeeze(b)
    return Z
