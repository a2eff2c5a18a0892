# expect: conv_forward = ceil_size
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    """
    zeros around every picture
    """
    ### START CODE HERE ###
    X_pad = np.pad(X, ((0,0), (pad,pad), (pad,pad), (0,0)), mode="constant", constant_values=0)
    ### END CODE HERE ###
    return X_pad


def conv_forward(A_prev, W, b, hparameters):
    m, H_in, W_in, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    s, p = hparameters["stride"], hparameters["pad"]
    H_out = -(-(H_in + 2 * p - f) // s) + 1
    W_out = -(-(W_in + 2 * p - f) // s) + 1
    x = zero_pad(A_prev, p)
    Z = np.zeros((m, H_out, W_out, n_C))
    for c in range(n_C):
        for h in range(H_out):
            for w in range(W_out):
                for i in range(m):
                    Z[i, h, w, c] = np.sum(x[i, h * s:h * s + f, w * s:w * s + f, :] * W[:, :, :, c]) + b[0, 0, 0, c]
    cache = (A_prev, W, b, hparameters)
    return Z, cache
