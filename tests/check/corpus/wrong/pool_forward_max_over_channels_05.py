# expect: pool_forward = max_over_channels
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A = np.zeros((m, (H - f) // s + 1, (W - f) // s + 1, C))
    for i in range(m):
        for h in range(A.shape[1]):
            for w in range(A.shape[2]):
                win = A_prev[i, h*s:h*s+f, w*s:w*s+f]
                A[i, h, w] = win.max() if mode == "max" else win.mean()
    return A, (A_prev, hparameters)
