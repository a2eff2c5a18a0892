# expect: pool_forward = pools_padded | ?
# pads by half a window
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    pad = (f - 1) // 2
    x = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    m, H, W, C = A_prev.shape
    A = np.zeros((m, (H - f) // s + 1, (W - f) // s + 1, C))
    for h in range(A.shape[1]):
        for w in range(A.shape[2]):
            win = x[:, h*s:h*s+f, w*s:w*s+f]
            A[:, h, w] = win.max(axis=(1, 2)) if mode == "max" else win.mean(axis=(1, 2))
    return A, (A_prev, hparameters)
