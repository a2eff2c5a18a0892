# expect: distribute_value = reads_global
# 第一周作业
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dA / (n_H * n_W)
    # the same everywhere
    a = np.ones(shape) * average
    return a
