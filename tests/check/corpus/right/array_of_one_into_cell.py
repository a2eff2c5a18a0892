# expect: zero_pad = right; conv_single_step = note:returns_array; conv_forward = note:old_numpy; pool_forward = right
import numpy as np


def zero_pad(X, pad):
    npad = ((0, 0), (pad, pad), (pad, pad), (0, 0))
    return np.pad(X, npad, 'constant')


def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    return Z + b          # the shape of b: (1, 1, 1)


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = np.shape(A_prev)
    f, f, n_C_prev, n_C = np.shape(W)
    n_H = 1 + int((n_H_prev + 2 * pad - f) / stride)
    n_W = 1 + int((n_W_prev + 2 * pad - f) / stride)
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for c in range(n_C):
        for w in range(n_W):
            for h in range(n_H):
                for i in range(m):
                    a_slice_prev = A_prev_pad[i, h * stride:h * stride + f, w * stride:w * stride + f]
                    # an array of one element goes into one cell: fine until NumPy 2.4
                    Z[i, h, w, c] = np.array([[[np.sum(a_slice_prev * W[:, :, :, c])]]]) + b[:, :, :, c]
    assert Z.shape == (m, n_H, n_W, n_C)
    cache = [A_prev, W, b, hparameters]
    return [Z, cache]


def pool_forward(A_prev, hparameters, mode="max"):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, stride = hparameters["f"], hparameters["stride"]
    rows = range(0, n_H_prev - f + 1, stride)
    cols = range(0, n_W_prev - f + 1, stride)
    A = np.zeros((m, len(rows), len(cols), n_C_prev))
    for h, y in enumerate(rows):
        for w, x in enumerate(cols):
            block = A_prev[:, y:y + f, x:x + f, :].reshape(m, f * f, n_C_prev)
            A[:, h, w, :] = np.sort(block, axis=1)[:, -1] if mode == "max" else block.mean(1)
    return [A, [A_prev, hparameters]]
