# expect: conv_single_step = ?
# leaves the last row and column out
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    f, _, n_C_prev = W.shape
    total = 0.0
    for i in range(f - 1):
        for j in range(f - 1):
            for k in range(n_C_prev):
                total += a_slice_prev[i, j, k] * W[i, j, k]
    total += np.asarray(b).ravel()[0]
    return total
