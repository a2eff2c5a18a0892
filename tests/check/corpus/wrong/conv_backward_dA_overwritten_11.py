# expect: conv_backward = ? | dA_overwritten
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = zero_pad(A_prev, p)
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    for i in range(m):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                dx[i, h*s:h*s+f, w*s:w*s+f] = np.dot(W, dZ[i, h, w])
                dW += np.multiply.outer(x[i, h*s:h*s+f, w*s:w*s+f], dZ[i, h, w])
    return dx[:, p:p + H, p:p + Wd], dW, dZ.sum((0, 1, 2), keepdims=True)
