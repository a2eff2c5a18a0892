# expect: pool_forward = absolute_maximum
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A = np.zeros((m, (H - f) // s + 1, (W - f) // s + 1, C))
    for h in range(A.shape[1]):
        for w in range(A.shape[2]):
            win = A_prev[:, h*s:h*s+f, w*s:w*s+f]
            A[:, h, w] = np.linalg.norm(win.reshape(m, -1, C), ord=np.inf, axis=1) if mode == "max" else win.mean(axis=(1, 2))
    return A, (A_prev, hparameters)
