"""Loops over the cells of the kernel: each adds a strided view of the whole batch."""

import numpy as np


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant")


def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W) + b.reshape(())


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // s + 1
    n_W = (n_W_prev - f + 2 * pad) // s + 1
    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for r in range(f):
        for k in range(f):
            view = A_prev_pad[:, r : r + s * (n_H - 1) + 1 : s, k : k + s * (n_W - 1) + 1 : s, :]
            Z += view @ W[r, k]
    Z += b
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    dW = np.zeros(W.shape)
    for r in range(f):
        for k in range(f):
            rows = slice(r, r + s * (n_H - 1) + 1, s)
            columns = slice(k, k + s * (n_W - 1) + 1, s)
            dA_prev_pad[:, rows, columns, :] += dZ @ W[r, k].T
            dW[r, k] += np.tensordot(A_prev_pad[:, rows, columns, :], dZ, ((0, 1, 2), (0, 1, 2)))
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    n_H = (n_H_prev - f) // s + 1
    n_W = (n_W_prev - f) // s + 1
    views = []
    for r in range(f):
        for k in range(f):
            view = A_prev[:, r : r + s * (n_H - 1) + 1 : s, k : k + s * (n_W - 1) + 1 : s, :]
            views.append(view)
    if mode == "max":
        A = np.max(views, axis=0)
    elif mode == "average":
        A = np.mean(views, axis=0)
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return np.equal(x, np.amax(x))


def distribute_value(dz, shape):
    return np.full(shape, dz / np.prod(shape))


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    A, _ = pool_forward(A_prev, hparameters, "max")
    dA_prev = np.zeros(A_prev.shape)
    for r in range(f):
        for k in range(f):
            rows = slice(r, r + s * (n_H - 1) + 1, s)
            columns = slice(k, k + s * (n_W - 1) + 1, s)
            if mode == "max":
                dA_prev[:, rows, columns, :] += (A_prev[:, rows, columns, :] == A) * dA
            elif mode == "average":
                dA_prev[:, rows, columns, :] += dA / (f * f)
    return dA_prev
