# expect: conv_single_step = reads_global
import numpy as np

np.random.seed(1)
a_slice = np.random.randn(4, 4, 3)
W = np.random.randn(4, 4, 3)
b = np.random.randn(1, 1, 1)

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice, W)
    return np.sum(s) + np.squeeze(b)

print("Z =", conv_single_step(a_slice, W, b))
