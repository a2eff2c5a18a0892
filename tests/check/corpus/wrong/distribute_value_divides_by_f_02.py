# expect: distribute_value = divides_by_f | ?
import numpy as np


def distribute_value(dz, shape):
    a = np.full(shape, dz / shape[0])
    return a
