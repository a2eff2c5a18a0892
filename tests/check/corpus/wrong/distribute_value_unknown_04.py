# expect: distribute_value = ?
# integers: everything is truncated
# why is this wrong?? the shapes are ok
import numpy as np


def distribute_value(dz, shape):
    a = np.full(shape, dz / np.prod(shape), dtype=int)
    return a
