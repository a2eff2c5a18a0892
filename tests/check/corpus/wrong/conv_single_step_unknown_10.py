# expect: conv_single_step = ?
# products in half precision
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W).astype(np.float16)
    return np.sum(s) + np.asarray(b).item()
