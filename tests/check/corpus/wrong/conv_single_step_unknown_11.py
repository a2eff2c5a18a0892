# expect: conv_single_step = ?
# an activation was added
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def conv_single_step(a_slice_prev, W, b):
    z = np.sum(a_slice_prev * W) + np.asarray(b).item()
    return sigmoid(z)
