# expect: zero_pad = mutates_input | ?
# resizes the input in place: the numbers are in the wrong places and the input is gone
import numpy as np

def zero_pad(X, pad):
    X.resize((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]), refcheck=False)
    return X
