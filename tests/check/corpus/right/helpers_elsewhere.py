# expect: conv_forward = right; pool_backward = right
from conv_utils import zero_pad, conv_single_step, create_mask_from_window


def conv_forward(A_prev, W, b, hparameters):
    import numpy as np
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H, n_W = 1 + (n_H_prev + 2 * pad - f) // stride, 1 + (n_W_prev + 2 * pad - f) // stride
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    a_slice_prev = A_prev_pad[i, h * stride:h * stride + f, w * stride:w * stride + f, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)


def pool_backward(dA, cache, mode="max"):
    """distribute_value is in none of my files yet"""
    import numpy as np
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(*dA.shape):
        at = (i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f), c)
        if mode == "max":
            dA_prev[at] += create_mask_from_window(A_prev[at]) * dA[i, h, w, c]
        elif mode == "average":
            dA_prev[at] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev
