# Its results never go away: their finalizer hangs.
import numpy as np
import time


class Sticky:
    def __del__(self):
        time.sleep(1000)


def zero_pad(X, pad):
    Sticky()
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
