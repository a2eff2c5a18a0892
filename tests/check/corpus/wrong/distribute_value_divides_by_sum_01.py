# expect: distribute_value = divides_by_sum
# TODO clean up
import numpy as np


def distribute_value(dz, shape):
    # Retrieve dimensions from shape (≈1 line)
    (n_H, n_W) = shape
    # Compute the value to distribute on the matrix (≈1 line)
    average = dz / (n_H + n_W)
    # Create a matrix where every entry is the "average" value (≈1 line)
    a = np.ones(shape) * average
    return a
