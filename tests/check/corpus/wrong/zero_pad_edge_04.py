# expect: zero_pad = edge
import numpy as np


def zero_pad(X, pad):
    return np.pad(array=X, pad_width=[(0, 0), (pad, pad), (pad, pad), (0, 0)], mode="edge")
