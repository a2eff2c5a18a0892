# expect: distribute_value = ?
# rounded to two places
import numpy as np


def distribute_value(dz, shape):
    n_H, n_W = shape
    a = np.ones(shape) * round(dz / (n_H * n_W), 2)
    return a
