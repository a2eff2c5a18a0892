# expect: conv_backward = cut_at_pad_zero
# 第一周作业
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=0)
    ### END CODE HERE ###
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, pad = hparameters["stride"], hparameters["pad"]
    _, H_prev, W_prev, _ = A_prev.shape
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    x = zero_pad(A_prev, pad)
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            dx[:, i:i + s * n_H:s, j:j + s * n_W:s, :] += dZ @ W[i, j].T
            dW[i, j] = np.tensordot(x[:, i:i + s * n_H:s, j:j + s * n_W:s, :], dZ, axes=([0, 1, 2], [0, 1, 2]))
    db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, n_C)
    return dx[:, pad:-pad, pad:-pad, :], dW, db
