# expect: conv_forward = unpadded_input
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // s + 1
    n_W = (n_W_prev - f + 2 * pad) // s + 1
    x = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(f):
        for j in range(f):
            Z += A_prev[:, i:i + s * n_H:s, j:j + s * n_W:s, :] @ W[i, j]
    Z += b.reshape(1, 1, 1, n_C)
    return Z, (A_prev, W, b, hparameters)
