# expect: conv_forward = unpadded_input + size_without_pad | size_without_pad + unpadded_input | ?
# the padding is ignored throughout
# why is this wrong?? the shapes are ok
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_forward(A_prev, W, b, hparameters):
    s = hparameters["stride"]
    p = hparameters["pad"]
    f = W.shape[0]
    x = A_prev
    windows = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    Z = np.einsum("mhwcij,ijck->mhwk", windows, W) + b[0, 0, 0]
    return Z, (A_prev, W, b, hparameters)
