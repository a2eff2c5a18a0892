# expect: conv_forward = flipped_filter; conv_backward = filter_rotated | ?
# consistent: dA belongs to the flipped forward, dW to the unflipped one
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
    n_W = int((n_W_prev - f + 2 * pad) / stride) + 1

    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    for h in range(n_H):
        for w in range(n_W):
            window = A_prev_pad[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            Z[:, h, w, :] = np.tensordot(window, np.rot90(W, 2), axes=([1, 2, 3], [0, 1, 2])) + b[0, 0, 0, :]

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape

    x = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    for h in range(n_H):
        for w in range(n_W):
            rows = slice(h * stride, h * stride + f)
            cols = slice(w * stride, w * stride + f)
            dx[:, rows, cols, :] += np.tensordot(dZ[:, h, w, :], np.rot90(W, 2), axes=([1], [3]))
            dW += np.tensordot(x[:, rows, cols, :], dZ[:, h, w, :], axes=([0], [0]))
    db = np.sum(dZ, axis=(0, 1, 2), keepdims=True)
    dA_prev = dx[:, pad:pad + n_H_prev, pad:pad + n_W_prev, :]
    return dA_prev, dW, db
