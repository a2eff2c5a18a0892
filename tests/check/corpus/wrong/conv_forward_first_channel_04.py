# expect: conv_forward = first_channel
import numpy as np
from scipy.signal import correlate2d

def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    gray = A_prev[..., 0]                    # convolve2d wants 2d
    x = np.pad(gray, ((0, 0), (p, p), (p, p)))
    Z = np.stack([np.stack([correlate2d(img, W[:, :, 0, c], "valid")[::s, ::s] for c in range(W.shape[3])], -1) for img in x])
    return Z + b, (A_prev, W, b, hparameters)
