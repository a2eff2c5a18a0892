# expect: conv_single_step = no_bias
# my solution, week 1 assignment 1
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.dot(a_slice_prev.flatten(), W.flatten())
    return Z
