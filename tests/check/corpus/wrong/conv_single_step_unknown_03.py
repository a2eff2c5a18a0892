# expect: conv_single_step = ?
# the filter is transposed: rows for columns
# TODO clean up
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    return np.einsum('ijk,jik->', a_slice_prev, W) + np.asarray(b).item()
