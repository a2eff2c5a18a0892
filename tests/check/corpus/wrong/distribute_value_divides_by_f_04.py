# expect: distribute_value = divides_by_f | ?
# copied from my notebook
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / np.sqrt(n_H * n_W)
    # the same everywhere
    a = np.ones(shape) * average
    return a
