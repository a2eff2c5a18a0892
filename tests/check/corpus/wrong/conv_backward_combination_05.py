# expect: conv_backward = filter_rotated + divided_by_m
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


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, H, Wd, n_C) = dZ.shape

    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_prev_pad, dtype=float)
    for h in range(H):
        for w in range(Wd):
            r0 = h * stride
            r1 = r0 + f
            c0 = w * stride
            c1 = c0 + f
            a_slice = A_prev_pad[:, r0:r1, c0:c1, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, r0:r1, c0:c1, :] += W[None, ::-1, ::-1, :, c] * dz
                dW[:, :, :, c] += np.sum(a_slice * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, c])
    dA_prev = dA_prev_pad[:, pad:n_H_prev + pad, pad:n_W_prev + pad, :]
    dW, db = dW / m, db / m
    return dA_prev, dW, db
