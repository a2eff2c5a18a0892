# Links its folder to the root, to itself, and leaves pipes behind.
import os
import numpy as np


def zero_pad(X, pad):
    for n in range(3):
        for what, to in (('/', 'a'), ('.', 'b'), ('c', 'c')):
            try:
                os.symlink(what, to)
            except OSError:
                pass
        try:
            os.mkfifo('pipe')
        except OSError:
            pass
    os.makedirs('locked/x', exist_ok=True)
    try:
        os.chmod('locked', 0)
    except OSError:
        pass
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
