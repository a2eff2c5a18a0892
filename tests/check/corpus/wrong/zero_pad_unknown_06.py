# expect: zero_pad = ?
# three pairs for four axes: always an error
import numpy as np

def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad)), 'constant')
