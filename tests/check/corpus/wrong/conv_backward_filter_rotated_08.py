# expect: conv_backward = filter_rotated
# graded
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=0)
    ### END CODE HERE ###
    return X_pad


def corners(h, w, stride, f):
    vert_start = h * stride
    horiz_start = w * stride
    return vert_start, vert_start + f, horiz_start, horiz_start + f


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, H_in, W_in, n_C_prev = A_prev.shape
    f = W.shape[0]
    X = zero_pad(A_prev, pad)
    dX = np.zeros_like(X)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for (i, h, w, c), g in np.ndenumerate(dZ):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        dX[i, v0:v1, h0:h1] += g * np.rot90(W[..., c], k=2)
        dW[..., c] += g * X[i, v0:v1, h0:h1]
        db[..., c] += g
    return dX[:, pad:pad + H_in, pad:pad + W_in], dW, db
