# expect: distribute_value = note:old_numpy
import numpy as np

def distribute_value(dz, shape):
    average = dz / np.product(shape)
    return np.ones(shape, dtype=np.float) * average
