# expect: conv_forward = window_end_stride
# copied from my notebook
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


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    A_pad = zero_pad(A_prev, pad)

    for i in range(m):
        a_prev_pad = A_pad[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    y0 = h * stride
                    y1 = y0 + stride
                    x0 = w * stride
                    x1 = x0 + stride
                    a_slice_prev = a_prev_pad[y0:y1, x0:x1, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])

    cache = (A_prev, W, b, hparameters)
    return Z, cache
