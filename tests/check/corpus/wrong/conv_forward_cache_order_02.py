# expect: conv_forward = cache_order
# graded
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_forward(A_prev, W, b, hparameters):
    s = hparameters["stride"]
    p = hparameters["pad"]
    f = W.shape[0]
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    windows = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    Z = np.einsum("mhwcij,ijck->mhwk", windows, W) + b[0, 0, 0]
    return Z, (A_prev, b, W, hparameters)
