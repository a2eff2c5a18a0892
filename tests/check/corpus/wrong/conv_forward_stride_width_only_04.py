# expect: conv_forward = stride_width_only
# copied from my notebook
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


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
            Z += x[:, i:i + H_out, j:j + s * W_out:s, :] @ W[i, j]
    Z += b.reshape(1, 1, 1, n_C)
    return Z, (A_prev, W, b, hparameters)
