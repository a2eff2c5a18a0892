# Puts harm into NumPy.
import numpy as np

for name in dir(np):
    if callable(getattr(np, name)) and name not in ('ndarray', 'pad', 'ones'):
        try:
            setattr(np, name, None)
        except Exception:
            pass


def zero_pad(X, pad, names=np):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
