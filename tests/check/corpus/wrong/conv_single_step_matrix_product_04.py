# expect: conv_single_step = matrix_product
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev @ W
    return s.sum() + np.asarray(b).item()
