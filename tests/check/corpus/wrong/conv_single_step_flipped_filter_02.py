# expect: conv_single_step = flipped_filter
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    f, _, n_C_prev = W.shape
    total = 0.0
    for i in range(f):
        for j in range(f):
            for k in range(n_C_prev):
                total += a_slice_prev[i, j, k] * W[f - 1 - i, f - 1 - j, k]
    total += np.asarray(b).ravel()[0]
    return total
