# expect: conv_forward = unpadded_input + size_without_pad | size_without_pad + unpadded_input | ?
# the key is misspelt and its default hides it: never pads
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters.get("padding", 0)
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    f = W.shape[0]
    win = sliding_window_view(x, (f, f), axis=(1, 2))[:, ::s, ::s]
    return np.einsum("bhwcij,ijcn->bhwn", win, W) + b, (A_prev, W, b, hparameters)
