# expect: conv_backward = ?
# dW and db start anew for every example: right for one example
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=0)
    ### END CODE HERE ###
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = zero_pad(A_prev, p)
    dA_prev = np.zeros_like(A_prev)
    for i in range(m):
        dx = np.zeros(x.shape[1:])
        dW = np.zeros_like(W)
        db = np.zeros_like(b)
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                for c in range(K):
                    dx[h*s:h*s+f, w*s:w*s+f] += W[..., c] * dZ[i, h, w, c]
                    dW[..., c] += x[i, h*s:h*s+f, w*s:w*s+f] * dZ[i, h, w, c]
                    db[..., c] += dZ[i, h, w, c]
        dA_prev[i] = dx[p:p + H, p:p + Wd]
    return dA_prev, dW, db
