# expect: conv_backward = filter_rotated; pool_forward = ?
# the maximum starts from 0
import numpy as np


def zero_pad(X, pad):
    rows = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]), dtype=X.dtype)
    X = np.concatenate([rows, X, rows], axis=1)
    cols = np.zeros((X.shape[0], X.shape[1], pad, X.shape[3]), dtype=X.dtype)
    return np.concatenate([cols, X, cols], axis=2)


def conv_forward(A_prev, W, b, hparameters):
    s, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, _, _, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // s + 1
    n_W = (n_W_prev - f + 2 * pad) // s + 1
    x = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(f):
        for j in range(f):
            Z += x[:, i:i + s * n_H:s, j:j + s * n_W:s, :] @ W[i, j]
    Z += b.reshape(1, 1, 1, n_C)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, pad = hparameters["stride"], hparameters["pad"]
    _, H_prev, W_prev, _ = A_prev.shape
    f = W.shape[0]
    m, n_H, n_W, n_C = dZ.shape
    x = zero_pad(A_prev, pad)
    dx = np.zeros(x.shape)
    dW = np.zeros(W.shape)
    for i in range(f):
        for j in range(f):
            dx[:, i:i + s * n_H:s, j:j + s * n_W:s, :] += dZ @ W[f - 1 - i, f - 1 - j].T
            dW[i, j] = np.tensordot(x[:, i:i + s * n_H:s, j:j + s * n_W:s, :], dZ, axes=([0, 1, 2], [0, 1, 2]))
    db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, n_C)
    return dx[:, pad:pad + H_prev, pad:pad + W_prev, :], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, Wd, C = A_prev.shape
    n_H = (H - f) // s + 1
    n_W = (Wd - f) // s + 1
    if mode == "max":
        A = np.full((m, n_H, n_W, C), 0.0)
    else:
        A = np.zeros((m, n_H, n_W, C))
    for i in range(f):
        for j in range(f):
            part = A_prev[:, i:i + s * n_H:s, j:j + s * n_W:s, :]
            if mode == "max":
                A = np.maximum(A, part)
            else:
                A += part / (f * f)
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    offsets = [(i, j) for i in range(f) for j in range(f)]
    def part(X, i, j):
        return X[:, i:i + s * n_H:s, j:j + s * n_W:s, :]
    dA_prev = np.zeros(A_prev.shape)
    if mode == "max":
        best = np.max([part(A_prev, i, j) for i, j in offsets], axis=0)
        for i, j in offsets:
            part(dA_prev, i, j)[...] += (part(A_prev, i, j) == best) * dA
    else:
        for i, j in offsets:
            part(dA_prev, i, j)[...] += dA / f ** 2
    return dA_prev
