# expect: distribute_value = reads_global
# GRADED FUNCTION
import numpy as np

f = 2


def distribute_value(dz, shape):
    # Retrieve dimensions from shape (≈1 line)
    # f comes from above
    # Compute the value to distribute on the matrix (≈1 line)
    average = dz / (f * f)
    # Create a matrix where every entry is the "average" value (≈1 line)
    a = np.ones(shape) * average
    return a
