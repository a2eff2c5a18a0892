# expect: conv_forward = bias_first_channel
# copied from my notebook
import numpy as np
from scipy import signal


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


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
            maps.append(total[::s, ::s] + b[0, 0, 0, 0])
        Z.append(np.stack(maps, axis=-1))
    return np.array(Z), (A_prev, W, b, hparameters)
