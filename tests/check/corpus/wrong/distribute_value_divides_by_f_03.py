# expect: distribute_value = divides_by_f | ?
# graded
import numpy as np


def distribute_value(dz, shape):
    rows, cols = shape
    a = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            a[i, j] = dz / cols
    return a
