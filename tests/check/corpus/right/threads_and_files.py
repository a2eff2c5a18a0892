# expect: zero_pad = right; conv_forward = right; pool_forward = right; pool_backward = right
import logging
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

WORKERS = int(os.environ.get("WORKERS", "2"))

HERE = Path(__file__).resolve().parent
os.environ["OMP_NUM_THREADS"] = "1"
logger = logging.getLogger("conv")
logger.setLevel(logging.WARNING)

data = np.load(HERE / "signs.npz") if (HERE / "signs.npz").exists() else None


def zero_pad(X, pad):
    """Save it and load it again: so I can look at it."""
    out = np.zeros((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]))
    out[:, pad:X.shape[1] + pad, pad:X.shape[2] + pad] = X
    with tempfile.TemporaryFile() as file:
        np.save(file, out)
        file.seek(0)
        return np.load(file)


def one_example(x, W, b, stride):
    f = W.shape[0]
    n_H, n_W = [(n - f) // stride + 1 for n in x.shape[:2]]
    z = np.zeros((n_H, n_W, W.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            z[h, w] = np.einsum("yxc,yxck->k", x[h * stride:h * stride + f, w * stride:w * stride + f], W)
    logger.debug("one example done: %s", z.shape)
    return z + b.ravel()


def conv_forward(A_prev, W, b, hparameters):
    X = zero_pad(A_prev, hparameters["pad"])
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        Z = list(pool.map(lambda x: one_example(x, W, b, hparameters["stride"]), X))
    return np.array(Z), (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    """Averages by an integral image; maxima by rows, and then by columns."""
    f, s = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    if mode == "average":
        S = np.zeros((m, H + 1, V + 1, C))
        S[:, 1:, 1:] = A_prev.cumsum(1).cumsum(2)
        A = (S[:, f:, f:] - S[:, :-f, f:] - S[:, f:, :-f] + S[:, :-f, :-f])[:, ::s, ::s] / f ** 2
    else:
        rows = np.max([A_prev[:, y:H - f + 1 + y] for y in range(f)], axis=0)
        A = np.max([rows[:, :, x:V - f + 1 + x] for x in range(f)], axis=0)[:, ::s, ::s]
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    out = np.zeros(A_prev.shape)
    A, _ = pool_forward(A_prev, hparameters, mode)

    def work(h):
        part = np.zeros(A_prev.shape)
        for w in range(dA.shape[2]):
            rows, cols = slice(h * s, h * s + f), slice(w * s, w * s + f)
            if mode == "max":
                hit = A_prev[:, rows, cols] == A[:, h, w][:, None, None]
                part[:, rows, cols] += hit * dA[:, h, w][:, None, None]
            else:
                part[:, rows, cols] += dA[:, h, w][:, None, None] / f ** 2
        return part
    with ThreadPoolExecutor() as pool:
        for part in pool.map(work, range(dA.shape[1])):
            out += part
    return out
