# expect: conv_forward = no_stride
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
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // s + 1
    n_W = (n_W_prev - f + 2 * pad) // s + 1
    x = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(f):
        for j in range(f):
            Z += x[:, i:i + n_H, j:j + n_W, :] @ W[i, j]
    Z += b.reshape(1, 1, 1, n_C)
    return Z, (A_prev, W, b, hparameters)
