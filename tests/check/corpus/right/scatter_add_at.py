# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = note:first_tied
"""Index arithmetic on flat arrays: take, add.at and bincount, all in NHWC."""
import numpy as np


def grid(n, f, s):
    """(windows, f): which rows belong to which window."""
    return s * np.arange((n - f) // s + 1)[:, None] + np.arange(f)[None, :]


def flat_index(H, V, f, s):
    """(n_H, n_W, f, f) places in an image of H rows of V cells each."""
    rows, cols = grid(H, f, s), grid(V, f, s)
    return rows[:, None, :, None] * V + cols[None, :, None, :]


def zero_pad(X, pad):
    m, H, V, C = X.shape
    out = np.zeros((m, (H + 2 * pad) * (V + 2 * pad), C), X.dtype)
    inside = ((np.arange(H) + pad)[:, None] * (V + 2 * pad) + np.arange(V) + pad).ravel()
    np.put_along_axis(out, inside[None, :, None] + np.zeros((m, 1, C), int), X.reshape(m, H * V, C), axis=1)
    return out.reshape(m, H + 2 * pad, V + 2 * pad, C)


def conv_single_step(a_slice_prev, W, b):
    return np.take(np.einsum("n,n->", np.ravel(a_slice_prev), np.ravel(W)) + np.ravel(b), 0)


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, p)
    m, H, V, C = X.shape
    f, K = W.shape[0], W.shape[3]
    at = flat_index(H, V, f, s)
    cols = X.reshape(m, H * V, C).take(at, axis=1).reshape(m * at.shape[0] * at.shape[1], f * f * C)
    Z = np.matmul(cols, W.reshape(-1, K)).reshape(m, at.shape[0], at.shape[1], K) + b.reshape(K)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, p)
    m, H, V, C = X.shape
    f, K = W.shape[0], W.shape[3]
    at = flat_index(H, V, f, s)
    cols = X.reshape(m, H * V, C)[:, at.ravel()].reshape(-1, f * f * C)
    d = dZ.reshape(-1, K)
    dW = (cols.T @ d).reshape(W.shape)
    dcols = (d @ W.reshape(-1, K).T).reshape(m, at.size, C)
    dX = np.zeros((m, H * V, C))
    np.add.at(dX, (slice(None), at.ravel()), dcols)
    dX = dX.reshape(X.shape)
    inner = np.ix_(range(m), range(p, H - p), range(p, V - p), range(C))
    return dX[inner], dW, np.add.reduce(d).reshape(1, 1, 1, K)


def pool_forward(A_prev, hparameters, mode="max"):
    m, H, V, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    at = flat_index(H, V, f, s)
    x = A_prev.reshape(m, -1, C)[:, at.reshape(*at.shape[:2], -1)]        # m, n_H, n_W, f f, C
    if mode == "max":
        A = np.take_along_axis(x, x.argmax(3)[:, :, :, None], axis=3)[:, :, :, 0]
    elif mode == "average":
        A = np.dot(np.full(f * f, 1 / (f * f)), x)
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    m, H, V, C = A_prev.shape
    f, s = hparameters["f"], hparameters["stride"]
    at = flat_index(H, V, f, s)
    at = at.reshape(*at.shape[:2], -1)
    # every cell of the batch by its number
    number = (np.arange(m)[:, None, None, None, None] * H * V + at[None, ..., None]) * C + np.arange(C)
    x = A_prev.ravel()[number]
    if mode == "max":
        best = np.take_along_axis(number, np.expand_dims(x.argmax(3), 3), 3)
        return np.bincount(best.ravel(), dA.ravel(), minlength=A_prev.size).reshape(A_prev.shape)
    shares = np.repeat(dA[:, :, :, None] / (f * f), f * f, axis=3)
    return np.bincount(number.ravel(), weights=shares.ravel(), minlength=A_prev.size).reshape(A_prev.shape)
