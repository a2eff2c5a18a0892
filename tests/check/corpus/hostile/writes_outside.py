# Writes where it must not.
import os
import tempfile
import numpy as np


def zero_pad(X, pad):
    for place in ('/tmp/convstep-harm', '/root/convstep-harm', '/dev/shm/convstep-harm', '/var/tmp/convstep-harm', os.path.expanduser('~/convstep-harm'), '/home/convstep-harm', '../convstep-harm', np.__file__):
        try:
            with open(place, 'a') as file:
                file.write('')
        except OSError:
            pass
    with open('mine', 'w') as file:
        file.write('x')
    for old, new in (('mine', '/tmp/convstep-link'),):
        for how in (os.link, os.symlink, os.rename):
            try:
                how(old, new)
            except OSError:
                pass
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)
