# expect: zero_pad = pads_channels
import numpy as np

def zero_pad(X, pad):
    result = np.stack([np.pad(x, pad) for x in X])
    return result
