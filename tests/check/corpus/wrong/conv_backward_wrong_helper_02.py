# expect: zero_pad = non_zero_value; conv_backward = blocked
# 第一周作业
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=1)
    ### END CODE HERE ###
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    x = zero_pad(A_prev, p)
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    for c in range(n_C):
        for h in range(n_H):
            for w in range(n_W):
                for i in range(m):
                    g = dZ[i, h, w, c]
                    dx[i, h * s:h * s + f, w * s:w * s + f, :] += g * W[..., c]
                    dW[..., c] += g * x[i, h * s:h * s + f, w * s:w * s + f, :]
                    db[..., c] += g
    dA_prev = dx[:, p:H + p, p:Wd + p, :]
    return dA_prev, dW, db
