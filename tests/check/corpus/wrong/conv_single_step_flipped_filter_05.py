# expect: conv_single_step = flipped_filter | ?
# copied from my notebook
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.dot(a_slice_prev.flatten(), W.flatten()[::-1])
    return Z + np.asarray(b).reshape(-1)[0]
