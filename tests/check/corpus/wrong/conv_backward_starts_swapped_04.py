# expect: conv_backward = starts_swapped
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, H, Wd, n_C) = dZ.shape

    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    for i in range(m):
        for h in range(H):
            for w in range(Wd):
                v, u = w * stride, h * stride
                dz = dZ[i, h, w, :]
                dA_prev_pad[i, v:v + f, u:u + f, :] += np.sum(W * dz, axis=3)
                dW += A_prev_pad[i, v:v + f, u:u + f, :, None] * dz
                db[0, 0, 0, :] += dz
    dA_prev = dA_prev_pad[:, pad:pad + n_H_prev, pad:pad + n_W_prev, :]
    return dA_prev, dW, db
