# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = note:first_tied; create_mask_from_window = note:first_tied; distribute_value = right
import numpy as np
import functools


def make_walk(f, stride):
    """A closure over the geometry: give it a padded array, get the windows."""
    def length(n):
        return 1 + (n - f) // stride

    def walk(X):
        for h in range(length(X.shape[1])):
            for w in range(length(X.shape[2])):
                yield (h, w), np.s_[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
    walk.size = lambda X: (length(X.shape[1]), length(X.shape[2]))
    return walk


pad_axis = lambda n: (n, n)
_pad = functools.partial(np.pad, mode="constant")
_sum3 = functools.partial(np.sum, axis=(1, 2, 3))


def zero_pad(X, pad):
    return _pad(X, list(map(pad_axis, (0, pad, pad, 0))))


def _single(reducer, a_slice_prev, W, b):
    return reducer(a_slice_prev * W) + reducer(b)


conv_single_step = functools.partial(_single, np.sum)


def conv_forward(A_prev, W, b, hparameters):
    walk = make_walk(W.shape[0], hparameters["stride"])
    X = zero_pad(A_prev, hparameters["pad"])
    Z = np.zeros((X.shape[0], *walk.size(X), W.shape[3]))

    def fill(c):
        for (h, w), place in walk(X):
            Z[:, h, w, c] = _sum3(X[place] * W[..., c]) + b[0, 0, 0, c]

    for c in range(W.shape[3]):
        fill(c)
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    pad = hparameters["pad"]
    X = zero_pad(A_prev, pad)
    grads = {"X": np.zeros(X.shape), "W": np.zeros(W.shape), "b": np.zeros(b.shape)}

    def credit(h, w, place, i, c):
        one = (i,) + place[1:]
        grads["X"][one] += W[..., c] * dZ[i, h, w, c]
        grads["W"][..., c] += X[one] * dZ[i, h, w, c]
        grads["b"][..., c] += dZ[i, h, w, c]

    for (h, w), place in make_walk(W.shape[0], hparameters["stride"])(X):
        for i in range(X.shape[0]):
            for c in range(W.shape[3]):
                credit(h, w, place, i, c)

    def cut(Y):
        return Y[:, pad:Y.shape[1] - pad, pad:Y.shape[2] - pad, :]
    return cut(grads["X"]), grads["W"], grads["b"]


def pool_forward(A_prev, hparameters, mode="max"):
    kinds = {"max": np.max, "average": np.mean}
    fold = functools.partial(kinds[mode], axis=(1, 2))
    walk = make_walk(hparameters["f"], hparameters["stride"])
    A = np.zeros((A_prev.shape[0], *walk.size(A_prev), A_prev.shape[3]))
    for (h, w), place in walk(A_prev):
        A[:, h, w] = fold(A_prev[place])
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    mask = np.zeros(x.shape, dtype=bool)
    mask[np.unravel_index(np.argmax(x), x.shape)] = True
    return mask


def distribute_value(dz, shape):
    return np.full(shape, fill_value=1 / functools.reduce(lambda p, q: p * q, shape)) * dz


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    out = np.zeros_like(A_prev)

    def by_max(window, g):
        return create_mask_from_window(window) * g

    def by_average(window, g):
        return distribute_value(g, window.shape)

    share = by_max if mode == "max" else by_average
    for (h, w), place in make_walk(hparameters["f"], hparameters["stride"])(A_prev):
        for i, c in np.ndindex(dA.shape[0], dA.shape[3]):
            one = (i,) + place[1:3] + (c,)
            out[one] += share(A_prev[one], dA[i, h, w, c])
    return out
