# expect: zero_pad = returns_in_loop
import numpy as np


def zero_pad(X, pad):
    result = []
    for img in X:
        result.append(np.pad(img, ((pad, pad), (pad, pad), (0, 0))))
        return np.array(result)
