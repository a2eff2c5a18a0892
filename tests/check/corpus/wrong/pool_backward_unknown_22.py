# expect: pool_backward = ?
# shared over the whole image, not over the window
# my solution, week 1 assignment 1
import numpy as np


def create_mask_from_window(x):
    mask = (x == np.max(x))
    return mask


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)
    a = np.ones(shape) * average
    return a


def corners(h, w, stride, f):
    r0 = h * stride
    c0 = w * stride
    return r0, r0 + f, c0, c0 + f


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for (i, h, w, c), g in np.ndenumerate(dA):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        if mode == "max":
            dA_prev[i, v0:v1, h0:h1, c] += g * create_mask_from_window(A_prev[i, v0:v1, h0:h1, c])
        if mode == "average":
            dA_prev[i, v0:v1, h0:h1, c] += distribute_value(g, A_prev.shape[1:3])[v0:v1, h0:h1]
    return dA_prev
