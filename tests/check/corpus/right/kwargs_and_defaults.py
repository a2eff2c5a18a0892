# expect: zero_pad = right; conv_single_step = note:returns_array; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
from __future__ import print_function, division, absolute_import

import numpy as np

DEFAULTS = {"stride": 1, "pad": 0, "f": 2}


def zero_pad(X, pad=1, value=0, axes=(1, 2), **kwargs):
    widths = [(pad, pad) if axis in axes else (0, 0) for axis in range(X.ndim)]
    return np.pad(X, widths, mode=kwargs.pop("mode", "constant"), constant_values=value, **kwargs)


def conv_single_step(a_slice_prev, W, b=np.zeros((1, 1, 1)), keepdims=True):
    return np.sum(a_slice_prev * W, axis=(0, 1, 2), keepdims=keepdims) + b


def _conv(A_prev, W, b, stride=1, pad=0, **ignored):
    A = zero_pad(A_prev, pad)
    f = W.shape[0]
    for h in range(0, A.shape[1] - f + 1, stride):
        for w in range(0, A.shape[2] - f + 1, stride):
            yield (A[:, h:h + f, w:w + f, :, np.newaxis] * W[np.newaxis]).sum(axis=(1, 2, 3)) + b[0, 0]


def conv_forward(*args):
    A_prev, W, b, hparameters = args
    hp = {**DEFAULTS, **hparameters}
    n_H, n_W = [(n + 2 * hp["pad"] - W.shape[0]) // hp["stride"] + 1 for n in A_prev.shape[1:3]]
    columns = list(_conv(A_prev, W, b, **hparameters))
    Z = np.stack(columns, axis=1).reshape(A_prev.shape[0], n_H, n_W, W.shape[-1])
    return Z, args


def conv_backward(dZ, cache, A_prev=None, W=None, b=None, hparameters=None, debug=False):
    if A_prev is None:
        (A_prev, W, b, hparameters) = cache
    stride, pad, f = hparameters["stride"], hparameters["pad"], W.shape[0]
    A = zero_pad(A_prev, pad)
    dA = np.zeros(A.shape)
    dW = 0
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            rows, cols = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
            g = dZ[:, h, w][:, None, None, None, :]
            dA[:, rows, cols] += (W[None] * g).sum(-1)
            dW = dW + (A[:, rows, cols][..., None] * g).sum(0)
    if debug: print(dA.shape, dW.shape)
    dA_prev = dA if not pad else dA[:, pad:-pad, pad:-pad]
    return [dA_prev, dW, dZ.sum(axis=0, keepdims=True).sum(axis=1, keepdims=True).sum(axis=2, keepdims=True)]


def pool_forward(A_prev, hparameters=DEFAULTS, mode="max", *, out=None, check=lambda A: A):
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    size = lambda n: int((n - f) / stride) + 1
    out = np.zeros((m, size(H), size(W), C)) if out is None else out
    np_func = getattr(np, {"max": "nanmax", "average": "nanmean"}[mode.strip().lower()])
    for h in range(out.shape[1]):
        for w in range(out.shape[2]):
            np_func(A_prev[:, stride * h:stride * h + f, stride * w:stride * w + f, :], axis=(1, 2), out=out[:, h, w, :])
    return check(out), (A_prev, hparameters)


def create_mask_from_window(x, tol=0.0):
    return abs(x - np.max(x)) <= tol


def distribute_value(dz, shape=(2, 2), dtype=None):
    return np.ones(shape, dtype) * np.mean(np.eye(shape[0] * shape[1], dtype=dtype)[0]) * dz


def pool_backward(dA, cache, mode="max", **kw):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros_like(A_prev, **kw)
    for h in range(dA.shape[1]):
        for w in range(dA.shape[2]):
            where = np.index_exp[:, stride * h:stride * h + f, stride * w:stride * w + f, :]
            g = dA[:, h:h + 1, w:w + 1, :]
            if mode == "max":
                top = A_prev[where].max(axis=(1, 2), keepdims=True)
                dA_prev[where] += np.where(A_prev[where] == top, g, 0.0)
            elif mode == "average":
                dA_prev[where] += g / (f * f)
    return dA_prev
