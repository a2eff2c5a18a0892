# expect: conv_single_step = bias_truncated
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    # int() because float(b) gives TypeError on my machine
    return s.sum() + int(np.ravel(b)[0])
