# expect: conv_forward = flipped_filter
# why is this wrong?? the shapes are ok
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    # multiply first, bias comes later
    s = np.multiply(a_slice_prev, W)
    # add it all up
    Z = np.sum(s)
    # now the bias
    Z = Z + np.asarray(b).item()
    return Z


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    H = int((n_H_prev - f + 2 * pad) / stride) + 1
    Wd = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, H, Wd, n_C))
    A_prev_pad = zero_pad(A_prev, pad)

    for i in range(m):
        a_prev_pad = A_prev_pad[i]
        for h in range(H):
            for w in range(Wd):
                for c in range(n_C):
                    r0 = h * stride
                    r1 = r0 + f
                    c0 = w * stride
                    c1 = c0 + f
                    a_slice_prev = a_prev_pad[r0:r1, c0:c1, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, np.flip(W[:, :, :, c], axis=(0, 1)), b[:, :, :, c])

    cache = (A_prev, W, b, hparameters)
    return Z, cache
