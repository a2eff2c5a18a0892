# expect: zero_pad = mutates_input
import numpy as np

def zero_pad(X, pad):
    X_pad = np.pad(X, ((0,0),(pad,pad),(pad,pad),(0,0)), mode="constant")
    X[...] = 0     # free memory
    return X_pad
