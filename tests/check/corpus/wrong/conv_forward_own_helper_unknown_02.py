# expect: conv_forward = ?
# plus for times
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
    r0 = h + stride
    c0 = w + stride
    return r0, r0 + f, c0, c0 + f


def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    H = 1 + (n_H_prev + 2 * pad - f) // stride
    Wd = 1 + (n_W_prev + 2 * pad - f) // stride
    Z = np.zeros((m, H, Wd, n_C))
    X = zero_pad(A_prev, pad)
    for i, h, w, c in itertools.product(range(m), range(H), range(Wd), range(n_C)):
        v0, v1, h0, h1 = corners(h, w, stride, f)
        Z[i, h, w, c] = conv_single_step(X[i, v0:v1, h0:h1], W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)
