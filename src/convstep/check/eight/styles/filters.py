"""Loops over examples and windows; all filters, or all channels, of a window at once."""

import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, pad : pad + n_H, pad : pad + n_W, :] = X
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    return np.tensordot(a_slice_prev, W, axes=3) + b.item()


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1
    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                vert_end = vert_start + f
                horiz_end = horiz_start + f
                a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                Z[i, h, w, :] = np.tensordot(a_slice, W, axes=3) + b[0, 0, 0, :]
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
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                vert_end = vert_start + f
                horiz_end = horiz_start + f
                a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                dz = dZ[i, h, w, :]
                dA_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :] += W @ dz
                dW += a_slice[..., None] * dz
                db[0, 0, 0, :] += dz
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    n_H = (n_H_prev - f) // stride + 1
    n_W = (n_W_prev - f) // stride + 1
    A = np.zeros((m, n_H, n_W, n_C_prev))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                vert_end = vert_start + f
                horiz_end = horiz_start + f
                a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :]
                if mode == "max":
                    A[i, h, w, :] = np.max(a_slice, axis=(0, 1))
                elif mode == "average":
                    A[i, h, w, :] = np.mean(a_slice, axis=(0, 1))
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return x == x.max()


def distribute_value(dz, shape):
    n_H, n_W = shape
    return np.ones(shape) * dz / (n_H * n_W)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                horiz_start = w * stride
                vert_end = vert_start + f
                horiz_end = horiz_start + f
                a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, :]
                da = dA[i, h, w, :]
                if mode == "max":
                    mask = a_slice == a_slice.max(axis=(0, 1))
                    dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += mask * da
                elif mode == "average":
                    share = np.ones((f, f, 1)) * da / (f * f)
                    dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, :] += share
    return dA_prev
