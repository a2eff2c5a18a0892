# expect: distribute_value = blank_left
# my solution, week 1 assignment 1
import numpy as np


def distribute_value(dz, shape):
    # rows and columns
    (n_H, n_W) = shape
    # what each cell gets
    average = None
    # the same everywhere
    a = np.ones(shape) * average
    return a
