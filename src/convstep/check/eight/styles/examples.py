"""Loops over windows; all examples and all filters of a window at once."""

import numpy as np


def zero_pad(X, pad):
    n_H, n_W = X.shape[1:3]
    rows = np.zeros((X.shape[0], pad, n_W, X.shape[3]))
    X = np.concatenate([rows, X, rows], axis=1)
    columns = np.zeros((X.shape[0], n_H + 2 * pad, pad, X.shape[3]))
    return np.concatenate([columns, X, columns], axis=2)


def conv_single_step(a_slice_prev, W, b):
    return np.einsum("ijk,ijk->", a_slice_prev, W) + b.sum()


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = int(np.floor((n_H_prev - f + 2 * pad) / stride)) + 1
    n_W = int(np.floor((n_W_prev - f + 2 * pad) / stride)) + 1
    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            horiz_start = w * stride
            vert_end = vert_start + f
            horiz_end = horiz_start + f
            a_slice = A_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :]
            Z[:, h, w, :] = np.tensordot(a_slice, W, axes=([1, 2, 3], [0, 1, 2])) + b.reshape(-1)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW = np.zeros(W.shape)
    db = np.zeros((1, 1, 1, n_C))
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            horiz_start = w * stride
            vert_end = vert_start + f
            horiz_end = horiz_start + f
            a_slice = A_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :]
            dz = dZ[:, h, w, :]
            dA_prev_pad[:, vert_start:vert_end, horiz_start:horiz_end, :] += np.tensordot(
                dz, W, axes=([1], [3])
            )
            dW += np.tensordot(a_slice, dz, axes=([0], [0]))
            db += dz.sum(axis=0)
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    n_H = (n_H_prev - f) // stride + 1
    n_W = (n_W_prev - f) // stride + 1
    A = np.zeros((m, n_H, n_W, n_C_prev))
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            horiz_start = w * stride
            vert_end = vert_start + f
            horiz_end = horiz_start + f
            a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
            if mode == "max":
                A[:, h, w, :] = a_slice.max(axis=(1, 2))
            elif mode == "average":
                A[:, h, w, :] = a_slice.mean(axis=(1, 2))
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return x >= np.amax(x)


def distribute_value(dz, shape):
    return np.ones(shape) * (dz / (shape[0] * shape[1]))


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for h in range(n_H):
        for w in range(n_W):
            vert_start = h * stride
            horiz_start = w * stride
            vert_end = vert_start + f
            horiz_end = horiz_start + f
            a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
            da = dA[:, h : h + 1, w : w + 1, :]
            if mode == "max":
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += mask * da
            elif mode == "average":
                share = da / (f * f)
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += share
    return dA_prev
