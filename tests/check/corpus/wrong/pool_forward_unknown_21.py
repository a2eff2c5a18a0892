# expect: pool_forward = ?
# the stride is in range() over the output
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    H2, W2 = (H - f) // s + 1, (W - f) // s + 1
    A = np.zeros((m, H2, W2, C))
    for h in range(0, H2, s):
        for w in range(0, W2, s):
            win = A_prev[:, h:h + f, w:w + f]
            A[:, h, w] = win.max((1, 2)) if mode == "max" else win.mean((1, 2))
    return A, (A_prev, hparameters)
