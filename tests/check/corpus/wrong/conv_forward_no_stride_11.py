# expect: conv_forward = no_stride | ?
# never strided: the shape is wrong too
import numpy as np
from scipy import signal


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, _, _, n_C_prev = A_prev.shape
    n_C = W.shape[3]
    x = zero_pad(A_prev, pad)
    Z = []
    for i in range(m):
        maps = []
        for c in range(n_C):
            total = 0
            for k in range(n_C_prev):
                total = total + signal.correlate2d(x[i, :, :, k], W[:, :, k, c], mode="valid")
            maps.append(total + b[0, 0, 0, c])
        Z.append(np.stack(maps, axis=-1))
    return np.array(Z), (A_prev, W, b, hparameters)
