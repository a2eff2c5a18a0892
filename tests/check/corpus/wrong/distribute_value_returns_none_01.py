# expect: distribute_value = returns_none
# why is this wrong?? the shapes are ok
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H * n_W)
    # the same everywhere
    a = np.ones(shape) * average
