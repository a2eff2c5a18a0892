# expect: distribute_value = divides_by_rows_squared
# graded
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H ** 2)
    # the same everywhere
    a = np.ones(shape) * average
    return a
