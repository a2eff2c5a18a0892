# expect: conv_single_step = flipped_filter
# 第一周作业
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    return np.einsum('ijk,ijk->', a_slice_prev, np.rot90(W, 2)) + np.asarray(b).item()
