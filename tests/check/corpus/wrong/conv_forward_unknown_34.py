# expect: conv_forward = ? | size_without_one
# range() without the + 1: the last window is left out where the windows tile
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    x = zero_pad(A_prev, pad)
    rows = range(0, x.shape[1] - f, stride)
    cols = range(0, x.shape[2] - f, stride)
    Z = np.array([[np.tensordot(x[:, r:r + f, q:q + f], W, 3) for q in cols] for r in rows])
    return np.moveaxis(Z, 2, 0) + b, (A_prev, W, b, hparameters)
