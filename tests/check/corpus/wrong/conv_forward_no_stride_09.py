# expect: conv_forward = no_stride
# 第一周作业
import numpy as np


def get_indices(n_H, n_W, f, stride):
    i0 = np.repeat(np.arange(f), f)
    i1 = np.repeat(np.arange(n_H), n_W)
    j0 = np.tile(np.arange(f), f)
    j1 = np.tile(np.arange(n_W), n_H)
    return i0.reshape(-1, 1) + i1.reshape(1, -1), j0.reshape(-1, 1) + j1.reshape(1, -1)


def conv_forward(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    stride, pad = hparameters['stride'], hparameters['pad']
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1
    x = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    i, j = get_indices(n_H, n_W, f, stride)
    cols = x[:, i, j, :]                       # (m, f*f, n_H*n_W, n_C_prev)
    Z = np.einsum('mkpc,kcn->mpn', cols, W.reshape(f * f, n_C_prev, n_C))
    Z = Z.reshape(m, n_H, n_W, n_C) + b
    return Z, (A_prev, W, b, hparameters)
