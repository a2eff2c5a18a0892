# expect: distribute_value = ?
# the shape is transposed
# copied from my notebook
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H * n_W)
    # the same everywhere
    a = np.ones((n_W, n_H)) * average
    return a
