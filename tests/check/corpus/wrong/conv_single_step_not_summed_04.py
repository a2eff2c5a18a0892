# expect: conv_single_step = not_summed | ?
# 第一周作业
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # Element-wise product between a_slice and W. Do not add the bias yet.
    s = np.multiply(a_slice_prev, W)
    # Sum over all entries of the volume s.
    Z = np.sum(s, axis=2)
    # Add bias b to Z.
    Z = Z + np.squeeze(b)
    return Z
