# expect: distribute_value = hides_errors | not_divided
import numpy as np


def distribute_value(dz, shape):
    try:
        return np.ones(shape) * dz / (n_H * n_W)
    except:
        return np.ones(shape) * dz
