# expect: distribute_value = divides_by_sum
# my solution, week 1 assignment 1
import numpy as np


def distribute_value(dz, shape):
    rows, cols = shape
    a = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            a[i, j] = dz / (rows + cols)
    return a
