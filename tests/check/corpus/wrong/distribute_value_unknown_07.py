# expect: distribute_value = ?
# all to the first cell
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H * n_W)
    # the same everywhere
    a = np.zeros(shape)
    a[0][0] = dz
    return a
