# expect: conv_backward = ? | db_overwritten
# db is added outside the loops over places: only the last place of each example counts
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
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    for i in range(m):
        for c in range(K):
            for h in range(dZ.shape[1]):
                for w in range(dZ.shape[2]):
                    y0, x0 = h * s, w * s
                    dx[i, y0:y0 + f, x0:x0 + f] += W[..., c] * dZ[i, h, w, c]
                    dW[..., c] += x[i, y0:y0 + f, x0:x0 + f] * dZ[i, h, w, c]
            db[..., c] += dZ[i, h, w, c]
    return dx[:, p:p + H, p:p + Wd], dW, db
