# expect: zero_pad = note:old_numpy; conv_single_step = note:old_numpy + note:returns_float; conv_forward = note:old_numpy; conv_backward = note:old_numpy; pool_forward = note:old_numpy; create_mask_from_window = note:old_numpy; distribute_value = note:old_numpy; pool_backward = note:old_numpy
# written in 2017, NumPy 1.13
import numpy as np


def zero_pad(X, pad):
    X_pad = np.zeros((X.shape[0], X.shape[1] + 2*pad, X.shape[2] + 2*pad, X.shape[3]), dtype=np.float)
    X_pad[:, pad:pad+X.shape[1], pad:pad+X.shape[2], :] = X
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    return np.float(np.sum(s) + b)


def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride, pad = hparameters['stride'], hparameters['pad']
    n_H, n_W = np.floor((np.array([n_H_prev, n_W_prev]) - f + 2*pad) / stride).astype(np.int) + 1
    Z = np.zeros([m, n_H, n_W, n_C], dtype=np.float_)
    A_prev_pad = zero_pad(A_prev, pad)
    for i in xrange(m) if 'xrange' in globals() else range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    a = A_prev_pad[i, h*stride:h*stride+f, w*stride:w*stride+f, :]
                    Z[i, h, w, c] = conv_single_step(a, W[..., c], b[..., c])
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (f, f, n_C_prev, n_C) = W.shape
    stride, pad = hparameters['stride'], hparameters['pad']
    (m, n_H, n_W, n_C) = dZ.shape
    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape, np.float)
    dW = np.zeros(W.shape, np.float)
    db = np.zeros(b.shape, np.float)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    at = (i, slice(h*stride, h*stride+f), slice(w*stride, w*stride+f), slice(None))
                    dA_prev_pad[at] += W[..., c] * dZ[i, h, w, c]
                    dW[..., c] += A_prev_pad[at] * dZ[i, h, w, c]
                    db[..., c] += dZ[i, h, w, c]
    dA_prev = dA_prev_pad[:, pad:np.int(n_H_prev_of(A_prev) + pad), pad:np.int(A_prev.shape[2] + pad), :]
    return dA_prev, dW, db


def n_H_prev_of(A):
    return A.shape[1]


def pool_forward(A_prev, hparameters, mode="max"):
    (m, n_H_prev, n_W_prev, n_C) = A_prev.shape
    f, stride = hparameters['f'], hparameters['stride']
    n_H = np.int(1 + (n_H_prev - f) / stride)
    n_W = np.int(1 + (n_W_prev - f) / stride)
    A = np.full((m, n_H, n_W, n_C), np.NaN)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    piece = A_prev[i, h*stride:h*stride+f, w*stride:w*stride+f, c]
                    if mode == "max":
                        A[i, h, w, c] = np.amax(piece)
                    elif mode == "average":
                        A[i, h, w, c] = np.sum(piece) / np.product(piece.shape)
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return np.array(x == x.max(), dtype=np.bool8 if hasattr(np, 'bool8') else np.bool).astype(np.bool) * np.product([1])


def distribute_value(dz, shape):
    return np.ones(shape, dtype=np.float) * dz / np.product(shape)


def pool_backward(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    f, stride = hparameters['f'], hparameters['stride']
    (m, n_H, n_W, n_C) = dA.shape
    dA_prev = np.zeros(A_prev.shape, dtype=np.float)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    at = (i, slice(h*stride, h*stride+f), slice(w*stride, w*stride+f), c)
                    if mode == "max":
                        dA_prev[at] += create_mask_from_window(A_prev[at]) * dA[i, h, w, c]
                    elif mode == "average":
                        dA_prev[at] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev
