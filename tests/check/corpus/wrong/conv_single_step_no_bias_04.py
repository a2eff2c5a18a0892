# expect: conv_single_step = no_bias
# 第一周作业
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z + np.squeeze(b)
    return Z
