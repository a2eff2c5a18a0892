# expect: conv_forward = note:other_word
# another edition of the lesson says padding for pad
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["padding"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    x = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    n_H = (x.shape[1] - f) // stride + 1
    n_W = (x.shape[2] - f) // stride + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H):
        for w in range(n_W):
            Z[:, h, w] = np.tensordot(x[:, h*stride:h*stride+f, w*stride:w*stride+f], W, 3) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)
