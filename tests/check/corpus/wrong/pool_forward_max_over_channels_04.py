# expect: pool_forward = max_over_channels
# graded
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::s, ::s]
    if mode == "max":
        A = windows.max(axis=(-3, -2, -1), keepdims=True)[..., 0, 0] * np.ones(A_prev.shape[3])
    elif mode == "average":
        A = windows.mean(axis=(-3, -2, -1), keepdims=True)[..., 0, 0] * np.ones(A_prev.shape[3])
    return A, (A_prev, hparameters)
