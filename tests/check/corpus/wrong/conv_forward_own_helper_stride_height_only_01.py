# expect: conv_forward = stride_height_only
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
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.asarray(b).item()
    return Z


def corners(h, w, stride, f):
    top = h * stride
    left = w
    return top, top + f, left, left + f


def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = 1 + (n_H_prev + 2 * pad - f) // stride
    n_W = 1 + (n_W_prev + 2 * pad - f) // stride
    Z = np.zeros((m, n_H, n_W, n_C))
    X = zero_pad(A_prev, pad)
    for i, h, w, c in itertools.product(range(m), range(n_H), range(n_W), range(n_C)):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        Z[i, h, w, c] = conv_single_step(X[i, v0:v1, h0:h1], W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)
