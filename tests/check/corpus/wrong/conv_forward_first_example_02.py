# expect: conv_forward = first_example
# ex 3
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    m, H_in, W_in, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    s, p = hparameters["stride"], hparameters["pad"]
    H_out = (H_in + 2 * p - f) // s + 1
    W_out = (W_in + 2 * p - f) // s + 1
    x = zero_pad(A_prev, p)
    Z = np.zeros((m, H_out, W_out, n_C))
    for c in range(n_C):
        for h in range(H_out):
            for w in range(W_out):
                for i in range(m):
                    Z[i, h, w, c] = np.sum(x[0, h * s:h * s + f, w * s:w * s + f, :] * W[:, :, :, c]) + b[0, 0, 0, c]
    cache = (A_prev, W, b, hparameters)
    return Z, cache
