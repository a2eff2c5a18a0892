# Functions that are generators, coroutines, classes and descriptors.
import numpy as np

def zero_pad(X, pad):
    yield X


async def conv_single_step(a, W, b):
    return 0


class create_mask_from_window:
    def __init__(self, x):
        self.x = x


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
