# expect: conv_forward = size_pad_once
# graded
import itertools
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=0)
    ### END CODE HERE ###
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + np.reshape(b, -1)[0]


def corners(h, w, stride, f):
    r0 = h * stride
    c0 = w * stride
    return r0, r0 + f, c0, c0 + f


def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    H = 1 + (n_H_prev + pad - f) // stride
    Wd = 1 + (n_W_prev + pad - f) // stride
    Z = np.zeros((m, H, Wd, n_C))
    X = zero_pad(A_prev, pad)
    for i, h, w, c in itertools.product(range(m), range(H), range(Wd), range(n_C)):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        Z[i, h, w, c] = conv_single_step(X[i, v0:v1, h0:h1], W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)
