# expect: pool_forward = sum_for_mean
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, Wd, C = A_prev.shape
    n_H = (H - f) // s + 1
    n_W = (Wd - f) // s + 1
    if mode == "max":
        A = np.full((m, n_H, n_W, C), -np.inf)
    else:
        A = np.zeros((m, n_H, n_W, C))
    for i in range(f):
        for j in range(f):
            part = A_prev[:, i:i + s * n_H:s, j:j + s * n_W:s, :]
            if mode == "max":
                A = np.maximum(A, part)
            else:
                A += part
    return A, (A_prev, hparameters)
