# expect: conv_forward = size_without_pad | ?
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    A_prev_pad = zero_pad(A_prev, pad)
    out = []
    for h in range(0, n_H_prev - f + 1, stride):
        row = []
        for w in range(0, n_W_prev - f + 1, stride):
            s = A_prev_pad[:, h:h + f, w:w + f, :]
            row.append(np.einsum('mijk,ijkc->mc', s, W) + b[0, 0, 0])
        out.append(np.stack(row, axis=1))
    Z = np.stack(out, axis=1)
    return Z, (A_prev, W, b, hparameters)
