# expect: distribute_value = ?
# a missing bracket: divides by the rows and multiplies by the columns
# graded
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / n_H * n_W
    # the same everywhere
    a = np.ones(shape) * average
    return a
