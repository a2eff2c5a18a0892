# Gives a text of 3 MB.
import numpy as np


def zero_pad(X, pad):
    return 'x' * 3_000_000


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
