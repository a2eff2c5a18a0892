# expect: distribute_value = divides_by_rows_squared
# ex 3
import numpy as np


def distribute_value(dz, shape):
    rows, cols = shape
    a = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            a[i, j] = dz / rows ** 2
    return a
