# expect: pool_forward = minimum
# ex 3
import numpy as np


def corners(h, w, stride, f):
    vert_start = h * stride
    horiz_start = w * stride
    return vert_start, vert_start + f, horiz_start, horiz_start + f


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, Wd, C = A_prev.shape
    shape = (m, (H - f) // stride + 1, (Wd - f) // stride + 1, C)
    reduce = dict(max=np.min, average=np.mean)[mode]
    A = np.zeros(shape)
    for i, h, w, c in np.ndindex(*shape):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        A[i, h, w, c] = reduce(A_prev[i, v0:v1, h0:h1, c])
    return A, (A_prev, hparameters)
