# expect: conv_single_step = bias_truncated
# 第一周作业
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.dot(a_slice_prev.flatten(), W.flatten())
    return Z + np.asarray(b).astype(int).reshape(-1)[0]
