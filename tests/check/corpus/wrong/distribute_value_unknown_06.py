# expect: distribute_value = ?
# flat: the shape is lost
# my solution, week 1 assignment 1
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = dz / (n_H * n_W)
    # the same everywhere
    a = np.ones(n_H * n_W) * average
    return a
