"""The eight building blocks in plain loops: the definition.

This is the file to read first. Nothing here is clever and nothing is checked: arguments are
taken to be right. `convstep.steps` gives the same numbers, checked and fast.

Images are (m, n_H, n_W, n_C): m examples, height, width, channels. In every function

    i       counts examples,
    h, w    count rows and columns of the output,
    c       counts channels of the output,

and the window that belongs to output cell (h, w) is

    vert_start : vert_end,  horiz_start : horiz_end

in the (padded) input. Each forward function returns a cache; its backward function takes it.
"""

import numpy as np


def zero_pad(X, pad):
    """Surround every image with `pad` rows and columns of zeros.

    X (m, n_H, n_W, n_C) -> (m, n_H + 2 pad, n_W + 2 pad, n_C)
    """
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_single_step(a_slice_prev, W, b):
    """One filter at one place: multiply cell by cell, add everything up, add the bias once.

    a_slice_prev, W (f, f, n_C_prev); b one number, such as (1, 1, 1) -> one number
    """
    s = np.multiply(a_slice_prev, W, dtype=floating(a_slice_prev, W))
    return np.sum(s) + np.reshape(b, ())


def conv_forward(A_prev, W, b, hparameters):
    """Slide every filter over every example.

    A_prev (m, n_H_prev, n_W_prev, n_C_prev), W (f, f, n_C_prev, n_C), b (1, 1, 1, n_C)
    -> Z (m, n_H, n_W, n_C), cache
    """
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = (n_H_prev - f + 2 * pad) // stride + 1
    n_W = (n_W_prev - f + 2 * pad) // stride + 1

    A_prev_pad = zero_pad(A_prev, pad)
    Z = np.zeros((m, n_H, n_W, n_C), dtype=floating(A_prev, W, b))

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                vert_end = vert_start + f
                horiz_start = w * stride
                horiz_end = horiz_start + f
                a_slice_prev = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                for c in range(n_C):
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward(dZ, cache):
    """Undo conv_forward: how the cost changes with its input, its filters and its biases.

    dZ (m, n_H, n_W, n_C) -> dA_prev as A_prev, dW as W, db (1, 1, 1, n_C)

    Each output cell was a sum of products. So its gradient goes back to each cell of its window
    times the filter's number there, to each of the filter's numbers times the cell, and to the
    bias as it is. What several windows send to one place adds up.
    """
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape

    A_prev_pad = zero_pad(A_prev, pad)
    dA_prev_pad = np.zeros(A_prev_pad.shape, dtype=floating(A_prev))
    dW = np.zeros(W.shape, dtype=floating(W))
    db = np.zeros((1, 1, 1, n_C), dtype=floating(b))

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                vert_end = vert_start + f
                horiz_start = w * stride
                horiz_end = horiz_start + f
                a_slice = A_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                da_slice = dA_prev_pad[i, vert_start:vert_end, horiz_start:horiz_end, :]
                for c in range(n_C):
                    da_slice += W[..., c] * dZ[i, h, w, c]  # a view: this adds into dA_prev_pad
                    dW[..., c] += a_slice * dZ[i, h, w, c]
                    db[..., c] += dZ[i, h, w, c]

    dA_prev = dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :]
    return dA_prev, dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    """Keep the largest number of each window, or the mean, channel by channel.

    A_prev (m, n_H_prev, n_W_prev, n_C_prev) -> A (m, n_H, n_W, n_C_prev), cache
    """
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    n_H = (n_H_prev - f) // stride + 1
    n_W = (n_W_prev - f) // stride + 1

    A = np.zeros((m, n_H, n_W, n_C_prev), dtype=floating(A_prev))

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                vert_end = vert_start + f
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C_prev):
                    a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        A[i, h, w, c] = np.max(a_slice)
                    elif mode == "average":
                        A[i, h, w, c] = np.mean(a_slice)
                    else:
                        raise ValueError(f"mode is 'max' or 'average', not {mode!r}")

    cache = (A_prev, hparameters)
    return A, cache


def create_mask_from_window(x):
    """Mark the maximum of a window; every one of them where several tie.

    x (rows, cols) -> True and False (rows, cols)

    A NaN is the maximum of any window that it is in.
    """
    if np.any(np.isnan(x)):
        return np.isnan(x)
    return x == np.max(x)


def distribute_value(dz, shape):
    """Share one number out evenly over a window.

    dz one number, shape (n_H, n_W) -> (n_H, n_W), dz / (n_H n_W) everywhere
    """
    n_H, n_W = shape
    return np.full(shape, dz / (n_H * n_W))


def pool_backward(dA, cache, mode="max"):
    """Undo pool_forward: the maximum gets all of the gradient, or every cell an equal share.

    dA (m, n_H, n_W, n_C) -> dA_prev as A_prev
    """
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape

    dA_prev = np.zeros(A_prev.shape, dtype=floating(A_prev))

    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                vert_start = h * stride
                vert_end = vert_start + f
                horiz_start = w * stride
                horiz_end = horiz_start + f
                for c in range(n_C):
                    a_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    da_slice = dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                    if mode == "max":
                        mask = create_mask_from_window(a_slice)
                        da_slice += mask * dA[i, h, w, c]  # a view: this adds into dA_prev
                    elif mode == "average":
                        da_slice += distribute_value(dA[i, h, w, c], a_slice.shape)
                    else:
                        raise ValueError(f"mode is 'max' or 'average', not {mode!r}")

    return dA_prev


def floating(*arrays):
    """The dtype of results: that of the arrays where it is floating, else float64."""
    dtype = np.result_type(*arrays)
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)
