# expect: conv_backward = dA_overwritten
# graded
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
    (m, n_H, n_W, n_C) = dZ.shape

    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    A_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros_like(A_pad, dtype=float)
    for h in range(n_H):
        for w in range(n_W):
            y0 = h * stride
            y1 = y0 + f
            x0 = w * stride
            x1 = x0 + f
            a_slice = A_pad[:, y0:y1, x0:x1, :]
            for c in range(n_C):
                dz = dZ[:, h, w, c][:, None, None, None]
                dA_prev_pad[:, y0:y1, x0:x1, :] = W[None, :, :, :, c] * dz
                dW[:, :, :, c] += np.sum(a_slice * dz, axis=0)
                db[:, :, :, c] += np.sum(dZ[:, h, w, c])
    dA_prev = dA_prev_pad[:, pad:n_H_prev + pad, pad:n_W_prev + pad, :]
    return dA_prev, dW, db
