# expect: conv_backward = ? | dA_never_written
# da = da + ... binds a new array: the view is never written
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape
    out = np.zeros((m, h + 2 * pad, w + 2 * pad, c), dtype=X.dtype)
    out[:, pad:pad + h, pad:pad + w, :] = X
    return out


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = zero_pad(A_prev, p)
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    for i in range(m):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                da = dx[i, h*s:h*s+f, w*s:w*s+f]
                da = da + np.dot(W, dZ[i, h, w])
                dW += np.multiply.outer(x[i, h*s:h*s+f, w*s:w*s+f], dZ[i, h, w])
    return dx[:, p:p + H, p:p + Wd], dW, dZ.sum((0, 1, 2), keepdims=True)
