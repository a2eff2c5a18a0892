# expect: zero_pad = right; conv_single_step = right; conv_backward = right; pool_backward = right; create_mask_from_window = right; distribute_value = right
r"""
def zero_pad(X, pad):
    return None          # <- only text: this is inside of a docstring

`np.float(b)`, [pad:-pad] and print() are only talked about here; so is \sum_{i} \mathbb{R}^{n_H \times n_W}.
"""
import numpy as np

'''
def conv_forward(A_prev, W, b, hparameters):
    raise NotImplementedError
'''

EXAMPLE = """
def pool_forward(A_prev, hparameters, mode="max"):
    return 42
"""


def zero_pad(X, pad):
    '''Pads. A regular expression such as \d+\s or a path such as C:\data must do no harm.

    >>> zero_pad(np.ones((1, 1, 1, 1)), 1)[0, :, :, 0]
    None
    # X_pad = None
    ### START CODE HERE ### (≈ 1 line)
    '''
    X_pad = None
    # X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'edge')
    X_pad = np.pad(X, np.array([[0, 0], [pad, pad], [pad, pad], [0, 0]]), mode='constant', constant_values=((0, 0), (0, 0), (0, 0), (0, 0)))
    return X_pad


def conv_single_step(a_slice_prev, W, b):
    """
    Z = sum(sum(sum(a * W))) + b
    """
    s = None
    Z = None
    s = np.multiply(a_slice_prev, W)
    Z = sum(sum(sum(s)))
    Z = Z + b.reshape(-1)[-1]
    return Z


def conv_backward(dZ, cache):
    "one line; return dA_prev"
    (A_prev, W, b, hparameters) = cache
    (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    (m, n_H, n_W, n_C) = dZ.shape
    dA_prev, dW, db = None, None, None
    dA_prev, dW, db = np.zeros(A_prev.shape), np.zeros(W.shape), np.zeros((1, 1, 1, n_C))
    A_prev_pad, dA_prev_pad = zero_pad(A_prev, pad), zero_pad(dA_prev, pad)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    """a string where a comment should be"""
                    v, z = h * stride, w * stride
                    dA_prev_pad[i, v:v + f, z:z + f, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[i, v:v + f, z:z + f, :] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
        # dA_prev[i] = dA_prev_pad[i, pad:-pad, pad:-pad, :] would be empty without padding
        dA_prev[i, :, :, :] = dA_prev_pad[i, pad:(-pad if pad else None), pad:(-pad or None), :]
    return dA_prev, dW, db


def create_mask_from_window(x):
    """Creates a mask. This docstring ends with a backslash \\"""
    return x >= x.max()


def distribute_value(dz, shape):
    """
    dz -- input scalar; shape -- "the shape (n_H, n_W) of the output matrix for which we want to \"distribute\" the value"
    """
    return np.outer(np.ones(shape[0]) / shape[0], np.ones(shape[1]) / shape[1]) * dz


def pool_backward(dA, cache, mode="max"):
    'mode -- "max" or "average"'
    A_prev, hparameters = cache
    stride, f = hparameters["stride"], hparameters["f"]
    m, n_H, n_W, n_C = dA.shape
    dA_prev = None
    dA_prev = np.zeros(A_prev.shape)
    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    v, z = h * stride, w * stride
                    if mode == "max":
                        mask = create_mask_from_window(a_prev[v:v + f, z:z + f, c])
                        dA_prev[i, v:v + f, z:z + f, c] += mask * dA[i, h, w, c]
                    elif mode == "average":
                        dA_prev[i, v:v + f, z:z + f, c] += distribute_value(dA[i, h, w, c], (f, f))
    return dA_prev
