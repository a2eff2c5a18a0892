# expect: distribute_value = hides_errors
import numpy as np

def distribute_value(dz, shape):
    a = np.zeros(shape)
    try:
        n = shape.size
        a += dz / n
    except AttributeError:
        pass
    return a
