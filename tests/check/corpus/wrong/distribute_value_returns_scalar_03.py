# expect: distribute_value = returns_scalar
import numpy as np


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    return np.mean(np.ones(shape) * dz) / (n_H * n_W)
