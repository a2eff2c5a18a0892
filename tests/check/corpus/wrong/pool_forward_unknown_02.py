# expect: pool_forward = ?
# the sum is divided by f
# graded
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, Wd, C = A_prev.shape
    H_out = (H - f) // s + 1
    W_out = (Wd - f) // s + 1
    if mode == "max":
        A = np.full((m, H_out, W_out, C), -np.inf)
    else:
        A = np.zeros((m, H_out, W_out, C))
    for i in range(f):
        for j in range(f):
            part = A_prev[:, i:i + s * H_out:s, j:j + s * W_out:s, :]
            if mode == "max":
                A = np.maximum(A, part)
            else:
                A += part / f
    return A, (A_prev, hparameters)
