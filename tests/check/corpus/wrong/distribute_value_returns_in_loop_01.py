# expect: distribute_value = returns_in_loop
import numpy as np


def distribute_value(dz, shape):
    rows, cols = shape
    a = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            a[i, j] = dz / (rows * cols)
        return a
