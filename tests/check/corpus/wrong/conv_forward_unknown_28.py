# expect: conv_forward = ?
# a three-dimensional convolution: the filter is flipped along the channels too
import numpy as np
from scipy import signal

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    out = []
    for img in A_prev:
        x = np.pad(img, ((p, p), (p, p), (0, 0)))
        maps = [signal.convolve(x, W[..., c], mode="valid")[::s, ::s, 0] + b[0, 0, 0, c] for c in range(W.shape[3])]
        out.append(np.stack(maps, -1))
    return np.array(out), (A_prev, W, b, hparameters)
