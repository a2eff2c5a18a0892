# expect: distribute_value = not_divided
# ex 3
import numpy as np


def distribute_value(dz, shape):
    a = np.full(shape, dz)
    return a
