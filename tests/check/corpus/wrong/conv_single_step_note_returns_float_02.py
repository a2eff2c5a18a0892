# expect: conv_single_step = note:returns_float
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    z = 0.0
    for x, w in zip(a_slice_prev.ravel().tolist(), W.ravel().tolist()):
        z += x * w
    return z + np.asarray(b).ravel().tolist()[0]
