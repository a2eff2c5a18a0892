# expect: pool_backward = ?
# plus for times
import numpy as np


def create_mask_from_window(x):
    mask = (x == np.max(x))
    return mask


def distribute_value(dz, shape):
    return np.full(shape, dz / np.prod(shape))


def corners(h, w, stride, f):
    y0 = h + stride
    x0 = w + stride
    return y0, y0 + f, x0, x0 + f


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for (i, h, w, c), g in np.ndenumerate(dA):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        if mode == "max":
            dA_prev[i, v0:v1, h0:h1, c] += g * create_mask_from_window(A_prev[i, v0:v1, h0:h1, c])
        if mode == "average":
            dA_prev[i, v0:v1, h0:h1, c] += distribute_value(g, (f, f))
    return dA_prev
