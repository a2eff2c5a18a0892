# expect: conv_forward = mutates_input
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters.pop("stride"), hparameters.pop("pad")
    f = W.shape[0]
    x = zero_pad(A_prev, p)
    n_H, n_W = (x.shape[1] - f) // s + 1, (x.shape[2] - f) // s + 1
    Z = np.zeros((len(x), n_H, n_W, W.shape[3])) + b
    for i in range(f):
        for j in range(f):
            Z += x[:, i:i+s*n_H:s, j:j+s*n_W:s] @ W[i, j]
    return Z, (A_prev, W, b, {"stride": s, "pad": p})
