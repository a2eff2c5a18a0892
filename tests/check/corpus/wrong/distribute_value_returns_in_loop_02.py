# expect: distribute_value = returns_in_loop
import numpy as np


def distribute_value(dz, shape):
    n_H, n_W = shape
    a = np.zeros((n_H, n_W))
    for i in range(n_H):
        a[i] = dz / (n_H * n_W)
        return a
