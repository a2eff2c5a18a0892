# expect: distribute_value = returns_scalar
# why is this wrong?? the shapes are ok
import numpy as np


def distribute_value(dz, shape):
    a = dz / np.prod(shape)
    return a
