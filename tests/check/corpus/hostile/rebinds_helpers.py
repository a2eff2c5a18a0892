# Rebinds the names of its helpers, and its own, when it is called.
import numpy as np


def zero_pad(X, pad):
    global zero_pad, distribute_value
    zero_pad = distribute_value = None
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
