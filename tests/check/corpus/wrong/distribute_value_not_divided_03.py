# expect: distribute_value = not_divided
import numpy as np


def distribute_value(dz, shape):
    rows, cols = shape
    a = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            a[i, j] = dz
    return a
