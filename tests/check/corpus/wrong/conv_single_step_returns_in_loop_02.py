# expect: conv_single_step = returns_in_loop
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    Z = np.asarray(b).item()
    for k in range(W.shape[2]):
        Z += np.sum(a_slice_prev[:, :, k] * W[:, :, k])
        return Z
