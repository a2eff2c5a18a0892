# expect: distribute_value = not_divided
# TODO clean up
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz
    # the same everywhere
    a = np.ones(shape) * average
    return a
