# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; create_mask_from_window = right
import numpy as np

USE_EINSUM = np.lib.NumpyVersion(np.__version__) >= "1.10.0"
FAST = True

if FAST:
    def _contract(cols, W):
        return np.einsum("pyxc,yxck->pk", cols, W)
else:
    def _contract(cols, W):
        raise NotImplementedError

try:
    from fast_conv import zero_pad
except ImportError:
    def zero_pad(X, pad):
        if not pad:
            return X.copy()
        out = np.zeros((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]), X.dtype)
        out[:, pad:-pad, pad:-pad, :] = X
        return out

if USE_EINSUM:
    conv_single_step = lambda a_slice_prev, W, b: np.einsum("yxc,yxc->", a_slice_prev, W) + np.sum(b)
else:
    def conv_single_step(a_slice_prev, W, b):
        return np.sum(a_slice_prev * W) + np.sum(b)


class Grid:
    """An iterator with a state of its own."""

    __slots__ = ("f", "s", "n_H", "n_W", "_next")

    def __init__(self, X, f, s):
        self.f, self.s, self._next = f, s, 0
        self.n_H, self.n_W = ((n - f) // s + 1 for n in X.shape[1:3])

    def __len__(self):
        return self.n_H * self.n_W

    def __iter__(self):
        self._next = 0
        return self

    def __next__(self):
        if self._next == len(self):
            raise StopIteration
        h, w = divmod(self._next, self.n_W)
        self._next += 1
        top, left = h * self.s, w * self.s
        return slice(top, top + self.f), slice(left, left + self.f)


def conv_forward(A_prev, W, b, hparameters):
    X = zero_pad(A_prev, hparameters["pad"])
    grid = Grid(X, W.shape[0], hparameters["stride"])
    Z = np.stack([np.stack([x[rows, cols] for rows, cols in grid]) for x in X])
    Z = np.stack([_contract(z, W) for z in Z]) + b[0]
    return Z.reshape(len(X), grid.n_H, grid.n_W, -1), (A_prev, W, b, hparameters)


def _conv_backward_slow(dZ, cache):
    raise RuntimeError("too slow")


def conv_backward(dZ, cache):
    try:
        return _conv_backward_slow(dZ, cache)
    except RuntimeError as error:
        reason = error
    A_prev, W, b, hparameters = cache
    pad = hparameters["pad"]
    X = zero_pad(A_prev, pad)
    grid = Grid(X, W.shape[0], hparameters["stride"])
    dX, dW = np.zeros_like(X), np.zeros_like(W)
    flat = dZ.reshape(len(X), len(grid), -1)
    for n, (rows, cols) in enumerate(grid):
        dX[:, rows, cols] += np.einsum("mk,yxck->myxc", flat[:, n], W)
        dW += np.einsum("mk,myxc->yxck", flat[:, n], X[:, rows, cols])
    sides = slice(pad, X.shape[1] - pad), slice(pad, X.shape[2] - pad)
    assert reason is not None
    return dX[(slice(None), *sides)], dW, flat.sum(axis=(0, 1)).reshape(b.shape)


if not FAST:
    create_mask_from_window = None
elif USE_EINSUM:
    create_mask_from_window = create_mask = lambda x: x == np.max(x)
