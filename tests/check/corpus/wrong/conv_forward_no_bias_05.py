# expect: conv_forward = no_bias
# ex 3
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, H_in, W_in, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    H_out = (H_in - f + 2 * pad) // s + 1
    W_out = (W_in - f + 2 * pad) // s + 1
    x = zero_pad(A_prev, pad)
    Z = np.zeros((m, H_out, W_out, n_C))
    for i in range(f):
        for j in range(f):
            Z += x[:, i:i + s * H_out:s, j:j + s * W_out:s, :] @ W[i, j]
    return Z, (A_prev, W, b, hparameters)
