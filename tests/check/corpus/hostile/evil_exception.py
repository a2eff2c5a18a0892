# Raises errors whose text, type and traceback do harm.
import numpy as np


class Meta(type):
    def __getattribute__(cls, name):
        raise SystemExit
    def __repr__(cls):
        raise SystemExit


class Bad(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit
    @property
    def __traceback__(self):
        raise KeyboardInterrupt


def zero_pad(X, pad):
    raise Bad


def conv_single_step(a, W, b):
    raise BaseExceptionGroup('x', [SystemExit(), KeyboardInterrupt()])


def create_mask_from_window(x):
    raise Exception('\x1b[2J\x07' * 100000)


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
