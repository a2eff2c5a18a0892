# expect: distribute_value = not_divided
import numpy as np

def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)
    return np.ones(shape) * dz
