# expect: distribute_value = ?
# shares at random: only the sum is right
import numpy as np


def distribute_value(dz, shape):
    a = np.random.rand(*shape)
    return dz * a / a.sum()
