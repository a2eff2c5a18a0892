# expect: distribute_value = blank_left | returns_none
# graded
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H * n_W)
    # the same everywhere
    a = None
    return a
