# Empties sys.modules.
import numpy as np
import sys

sys.modules.clear()
used = sys


def zero_pad(X, pad):
    used
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
