# expect: distribute_value = not_divided
# UNQ_C
import numpy as np


def distribute_value(dz, shape):
    a = np.full(shape, dz)
    return a
