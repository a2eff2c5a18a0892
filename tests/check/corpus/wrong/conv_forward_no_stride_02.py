# expect: conv_forward = no_stride
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


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    Xp = zero_pad(A_prev, pad)
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h
            vert_end = vert_start + f
            horiz_start = w
            horiz_end = horiz_start + f
            patch = Xp[:, vert_start:vert_end, horiz_start:horiz_end, :]
            for c in range(n_C):
                Z[:, h, w, c] = np.sum(patch * W[None, :, :, :, c], axis=(1, 2, 3)) + b[0, 0, 0, c]

    cache = (A_prev, W, b, hparameters)
    return Z, cache
