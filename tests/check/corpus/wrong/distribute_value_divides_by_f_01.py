# expect: distribute_value = divides_by_f | ?
# graded
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / n_H
    # the same everywhere
    a = np.ones(shape) * average
    return a
