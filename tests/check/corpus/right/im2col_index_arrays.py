# expect: zero_pad = right; conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = note:first_tied
# im2col the way of the cs231n assignments, moved to NHWC.
import numpy as np


def get_im2col_indices(x_shape, field_height, field_width, padding=1, stride=1):
    # First figure out what the size of the output should be
    N, C, H, W = x_shape
    out_height = (H + 2 * padding - field_height) // stride + 1
    out_width = (W + 2 * padding - field_width) // stride + 1

    i0 = np.repeat(np.arange(field_height), field_width)
    i0 = np.tile(i0, C)
    i1 = stride * np.repeat(np.arange(out_height), out_width)
    j0 = np.tile(np.arange(field_width), field_height * C)
    j1 = stride * np.tile(np.arange(out_width), out_height)
    i = i0.reshape(-1, 1) + i1.reshape(1, -1)
    j = j0.reshape(-1, 1) + j1.reshape(1, -1)

    k = np.repeat(np.arange(C), field_height * field_width).reshape(-1, 1)

    return (k, i, j)


def im2col_indices(x, field_height, field_width, padding=1, stride=1):
    """ An implementation of im2col based on some fancy indexing """
    p = padding
    x_padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode='constant')
    k, i, j = get_im2col_indices(x.shape, field_height, field_width, padding, stride)
    cols = x_padded[:, k, i, j]
    C = x.shape[1]
    cols = cols.transpose(1, 2, 0).reshape(field_height * field_width * C, -1)
    return cols


def col2im_indices(cols, x_shape, field_height=3, field_width=3, padding=1,
                   stride=1):
    """ An implementation of col2im based on fancy indexing and np.add.at """
    N, C, H, W = x_shape
    H_padded, W_padded = H + 2 * padding, W + 2 * padding
    x_padded = np.zeros((N, C, H_padded, W_padded), dtype=cols.dtype)
    k, i, j = get_im2col_indices(x_shape, field_height, field_width, padding, stride)
    cols_reshaped = cols.reshape(C * field_height * field_width, -1, N)
    cols_reshaped = cols_reshaped.transpose(2, 0, 1)
    np.add.at(x_padded, (slice(None), k, i, j), cols_reshaped)
    if padding == 0:
        return x_padded
    return x_padded[:, :, padding:-padding, padding:-padding]


def zero_pad(X, pad):
    X = np.moveaxis(X, 3, 1)
    X = np.pad(X, [(0,), (0,), (pad,), (pad,)])
    return np.moveaxis(X, 1, 3)


def conv_forward(A_prev, W, b, hparameters):
    x = A_prev.transpose(0, 3, 1, 2)
    w = W.transpose(3, 2, 0, 1)
    stride, pad = hparameters['stride'], hparameters['pad']
    N, C, H, V = x.shape
    K, _, HH, WW = w.shape
    out_h, out_w = (H + 2 * pad - HH) // stride + 1, (V + 2 * pad - WW) // stride + 1

    x_cols = im2col_indices(x, HH, WW, padding=pad, stride=stride)
    res = w.reshape((K, -1)).dot(x_cols) + b.reshape(-1, 1)

    out = res.reshape(K, out_h, out_w, N)
    Z = out.transpose(3, 1, 2, 0)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    x = A_prev.transpose(0, 3, 1, 2)
    w = W.transpose(3, 2, 0, 1)
    dout = dZ.transpose(0, 3, 1, 2)
    stride, pad = hparameters['stride'], hparameters['pad']
    num_filters, _, filter_height, filter_width = w.shape
    x_cols = im2col_indices(x, filter_height, filter_width, padding=pad, stride=stride)

    db = np.sum(dout, axis=(0, 2, 3)).reshape(b.shape)

    dout_reshaped = dout.transpose(1, 2, 3, 0).reshape(num_filters, -1)
    dw = dout_reshaped.dot(x_cols.T).reshape(w.shape)

    dx_cols = w.reshape(num_filters, -1).T.dot(dout_reshaped)
    dx = col2im_indices(dx_cols, x.shape, filter_height, filter_width, pad, stride)

    return dx.transpose(0, 2, 3, 1), dw.transpose(2, 3, 1, 0), db


def pool_forward(A_prev, hparameters, mode="max"):
    x = A_prev.transpose(0, 3, 1, 2)
    N, C, H, W = x.shape
    f, stride = hparameters["f"], hparameters["stride"]
    out_height = (H - f) // stride + 1
    out_width = (W - f) // stride + 1

    x_split = x.reshape(N * C, 1, H, W)
    x_cols = im2col_indices(x_split, f, f, padding=0, stride=stride)
    if mode == "max":
        x_cols_argmax = np.argmax(x_cols, axis=0)
        x_cols_max = x_cols[x_cols_argmax, np.arange(x_cols.shape[1])]
    else:
        x_cols_max = x_cols.mean(axis=0)
    out = x_cols_max.reshape(out_height, out_width, N, C).transpose(2, 0, 1, 3)
    return out, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    x = A_prev.transpose(0, 3, 1, 2)
    dout = dA.transpose(0, 3, 1, 2)
    N, C, H, W = x.shape
    f, stride = hparameters["f"], hparameters["stride"]
    x_cols = im2col_indices(x.reshape(N * C, 1, H, W), f, f, padding=0, stride=stride)
    dout_reshaped = dout.transpose(2, 3, 0, 1).flatten()
    dx_cols = np.zeros_like(x_cols)
    if mode == "max":
        dx_cols[np.argmax(x_cols, axis=0), np.arange(dx_cols.shape[1])] = dout_reshaped
    else:
        dx_cols[:] = dout_reshaped / (f * f)
    dx = col2im_indices(dx_cols, (N * C, 1, H, W), f, f, padding=0, stride=stride)
    return dx.reshape(x.shape).transpose(0, 2, 3, 1)
