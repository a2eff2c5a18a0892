# Uses a pool of processes.
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
import numpy as np


def zero_pad(X, pad):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(np.pad, [X]))[0]
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
