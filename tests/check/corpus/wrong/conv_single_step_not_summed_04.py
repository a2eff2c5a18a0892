# expect: conv_single_step = not_summed | ?
# 第一周作业
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s, axis=2)
    # now the bias
    Z = Z + np.squeeze(b)
    return Z
