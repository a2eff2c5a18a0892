# expect: distribute_value = divides_by_sum
# copied from my notebook
import numpy as np


def distribute_value(dz, shape):
    a = np.full(shape, dz / np.sum(shape))
    return a
