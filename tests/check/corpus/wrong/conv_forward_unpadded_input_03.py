# expect: conv_forward = unpadded_input
# ex 3
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
    H = int((n_H_prev - f + 2 * pad) / stride) + 1
    Wd = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, H, Wd, n_C))
    A_prev_pad = A_prev
    for i in range(m):
        for h in range(H):
            for w in range(Wd):
                r0, c0 = h * stride, w * stride
                r1, c1 = r0 + f, c0 + f
                a_slice = A_prev_pad[i, r0:r1, c0:c1, :, np.newaxis]
                Z[i, h, w, :] = np.sum(a_slice * W, axis=(0, 1, 2)) + b[0, 0, 0, :]

    cache = (A_prev, W, b, hparameters)
    return Z, cache
