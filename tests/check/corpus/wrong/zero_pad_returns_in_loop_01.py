# expect: zero_pad = returns_in_loop
import numpy as np

def zero_pad(X, pad):
    m, h, w, c = X.shape
    X_pad = np.zeros((m, h + 2*pad, w + 2*pad, c), dtype=X.dtype)
    for i in range(m):
        X_pad[i, pad:h+pad, pad:w+pad] = X[i]
        return X_pad
