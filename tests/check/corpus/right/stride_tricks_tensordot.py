# expect: zero_pad = right; conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = right
import numpy as np
from numpy.lib.stride_tricks import as_strided


def zero_pad(X, pad):
    if pad == 0:
        return X
    zeros = np.zeros((X.shape[0], pad, X.shape[2], X.shape[3]))
    X = np.concatenate((zeros, X, zeros), axis=1)
    zeros = np.zeros((X.shape[0], X.shape[1], pad, X.shape[3]))
    return np.concatenate((zeros, X, zeros), axis=2)


def _view(x, f, stride):
    x = np.ascontiguousarray(x)
    m, H, W, C = x.shape
    sm, sh, sw, sc = x.strides
    nh, nw = 1 + (H - f) // stride, 1 + (W - f) // stride
    return as_strided(x, (m, nh, nw, f, f, C), (sm, sh * stride, sw * stride, sh, sw, sc), writeable=False)


def conv_forward(A_prev, W, b, hparameters):
    f = W.shape[0]
    windows = _view(zero_pad(A_prev, hparameters["pad"]), f, hparameters["stride"])
    Z = np.tensordot(windows, W, axes=([3, 4, 5], [0, 1, 2]))
    Z += b
    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    f = W.shape[0]
    stride, pad = (hparameters[k] for k in ("stride", "pad"))
    A_pad = zero_pad(A_prev, pad)
    dW = np.tensordot(_view(A_pad, f, stride), dZ, axes=((0, 1, 2), (0, 1, 2)))
    db = dZ.sum((0, 1, 2), keepdims=True)
    cols = np.tensordot(dZ, W, axes=(3, 3))            # m, h, w, f, f, c
    dA_pad = np.zeros(A_pad.shape)
    n_H, n_W = dZ.shape[1:3]
    for y in range(f):
        for x in range(f):
            dA_pad[:, y:y + stride * n_H:stride, x:x + stride * n_W:stride][:, :n_H, :n_W] += cols[:, :, :, y, x]
    unpad = slice(pad, -pad) if pad else slice(None)
    return dA_pad[:, unpad, unpad], dW, db


def pool_forward(A_prev, hparameters, mode='max'):
    v = _view(A_prev, hparameters['f'], hparameters['stride'])
    if mode == 'max':
        A = v.max((3, 4))
    else:
        assert mode == 'average', mode
        A = v.mean((3, 4))
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode='max'):
    A_prev, hparameters = cache
    f, stride = hparameters['f'], hparameters['stride']
    n_H, n_W = dA.shape[1:3]
    v = _view(A_prev, f, stride)
    peak = v.max((3, 4))
    dA_prev = np.zeros(A_prev.shape)
    for y in range(f):
        for x in range(f):
            gain = (v[:, :, :, y, x] == peak) if mode == 'max' else 1. / (f * f)
            dA_prev[:, y:y + stride * n_H:stride, x:x + stride * n_W:stride] += gain * dA
    return dA_prev
