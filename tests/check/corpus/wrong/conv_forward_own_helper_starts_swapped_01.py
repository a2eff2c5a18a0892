# expect: conv_forward = starts_swapped
# 第一周作业
import itertools
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.asarray(b).item()
    return Z


def corners(h, w, stride, f):
    y0 = w * stride
    x0 = h * stride
    return y0, y0 + f, x0, x0 + f


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
