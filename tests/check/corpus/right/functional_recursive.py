# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
from functools import reduce, partial
from operator import add, mul
import numpy as np

# --- little helpers -------------------------------------------------------------------------
compose = lambda f, g: lambda *a: f(g(*a))
steps = lambda n, f, s, p=0: (n - f + 2 * p) // s + 1
square = lambda h, w, f, s: (slice(h * s, h * s + f), slice(w * s, w * s + f))
plus_at = lambda a, key, value: (a.__setitem__(key, a[key] + value), a)[1]
EVERYWHERE = slice(None)


def grow(a, axis, n):
    """Recursive: one layer of zeros around `axis`, n times."""
    if n == 0:
        return a + 0.0
    wall = np.zeros(a.shape[:axis] + (1,) + a.shape[axis + 1:])
    return grow(np.concatenate([wall, a, wall], axis), axis, n - 1)


def total(values):
    """Recursive, halving: a sum that is not deeper than log2(n)."""
    n = len(values)
    if n <= 2:
        return reduce(add, values, 0.0)
    return total(values[:n // 2]) + total(values[n // 2:])


def tour(*sizes):
    """Recursive: all places of a grid, one by one."""
    if not sizes:
        yield ()
        return
    for first in range(sizes[0]):
        for rest in tour(*sizes[1:]):
            yield (first,) + rest


zero_pad = lambda X, pad: grow(grow(X, 1, pad), 2, pad)

conv_single_step = lambda a_slice_prev, W, b: np.float64(
    total(list(map(mul, np.ravel(a_slice_prev), np.ravel(W)))) + np.ravel(b)[0]
)

create_mask_from_window = lambda x: np.reshape([*map(partial(np.equal, reduce(max, x.flat)), x.flat)], x.shape).astype(bool)

distribute_value = lambda dz, shape: np.ones(shape) * dz / reduce(mul, shape)


def conv_forward(A_prev, W, b, hparameters):
    s, p, f = hparameters["stride"], hparameters["pad"], len(W)
    X = zero_pad(A_prev, p)
    m, n_H, n_W, n_C = shape = len(X), steps(A_prev.shape[1], f, s, p), steps(A_prev.shape[2], f, s, p), W.shape[-1]
    cell = lambda at: conv_single_step(X[at[0]][square(at[1], at[2], f, s)], W[..., at[3]], b[..., at[3]])
    return np.fromiter(map(cell, tour(*shape)), dtype=float).reshape(shape), (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p, f = hparameters["stride"], hparameters["pad"], len(W)
    X = zero_pad(A_prev, p)

    def one(grads, at):
        dX, dW, db = grads
        i, h, w, c = at
        here = (i,) + square(h, w, f, s)
        return (
            plus_at(dX, here, W[..., c] * dZ[at]),
            plus_at(dW, (..., c), X[here] * dZ[at]),
            plus_at(db, (..., c), dZ[at]),
        )

    start = tuple(map(compose(np.zeros, np.shape), (X, W, b)))
    dX, dW, db = reduce(one, tour(*dZ.shape), start)
    inner = slice(p, None if p == 0 else -p)
    return dX[EVERYWHERE, inner, inner], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    take = dict(max=partial(reduce, max), average=lambda v: sum(v) / f / f)[mode]
    m, H, V, C = A_prev.shape
    shape = m, steps(H, f, s), steps(V, f, s), C
    cell = lambda i, h, w, c: take(A_prev[(i, *square(h, w, f, s), c)].ravel())
    return np.array([cell(*at) for at in tour(*shape)]).reshape(shape), (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    share = {
        "max": lambda key, g: g * create_mask_from_window(A_prev[key]),
        "average": lambda key, g: distribute_value(g, (f, f)),
    }[mode]
    key = lambda i, h, w, c: (i, *square(h, w, f, s), c)
    return reduce(lambda out, at: plus_at(out, key(*at), share(key(*at), dA[at])), tour(*dA.shape), np.zeros_like(A_prev))
