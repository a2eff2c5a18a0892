# expect: conv_single_step = bias_subtracted
# why is this wrong?? the shapes are ok
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.dot(a_slice_prev.flatten(), W.flatten())
    return Z - np.asarray(b).reshape(-1)[0]
