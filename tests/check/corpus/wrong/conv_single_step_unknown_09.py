# expect: conv_single_step = right
# an error for b of shape (1,) and (), which the lesson does not use
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.sum(np.multiply(a_slice_prev, W)) + b[0, 0, 0]
    return Z
