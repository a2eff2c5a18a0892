# expect: zero_pad = reads_global
import numpy as np
pad = 2
def zero_pad(X, p):
    return np.pad(X, ((0,0),(pad,pad),(pad,pad),(0,0)))
