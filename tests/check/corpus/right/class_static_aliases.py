# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import numpy as np
from abc import ABC, abstractmethod
from collections import namedtuple
from dataclasses import dataclass

Geometry = namedtuple("Geometry", "f stride pad")


class Windows:
    """All windows of a batch, in the order in which a reader would visit them."""

    def __init__(self, shape, geometry):
        self.f, self.s, _ = geometry
        self.n_H = (shape[1] - self.f) // self.s + 1
        self.n_W = (shape[2] - self.f) // self.s + 1

    def __iter__(self):
        for h in range(self.n_H):
            for w in range(self.n_W):
                yield h, w, slice(h * self.s, h * self.s + self.f), slice(w * self.s, w * self.s + self.f)


class Layer(ABC):
    @classmethod
    @abstractmethod
    def forward(cls, *args): ...


class Conv(Layer):
    @staticmethod
    def pad(X, pad):
        out = np.zeros((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]), dtype=X.dtype)
        out[:, pad:out.shape[1] - pad, pad:out.shape[2] - pad, :] = X
        return out

    @staticmethod
    def step(a_slice_prev, W, b):
        return np.vdot(a_slice_prev, W) + np.ravel(b)[0]

    @classmethod
    def forward(cls, A_prev, W, b, hparameters):
        g = Geometry(W.shape[0], hparameters["stride"], hparameters["pad"])
        X = cls.pad(A_prev, g.pad)
        places = Windows(X.shape, g)
        Z = np.zeros((X.shape[0], places.n_H, places.n_W, W.shape[3]))
        for h, w, rows, cols in places:
            for c in range(W.shape[3]):
                Z[:, h, w, c] = [cls.step(x[rows, cols], W[:, :, :, c], b[:, :, :, c]) for x in X]
        return Z, (A_prev, W, b, hparameters)

    @classmethod
    def backward(cls, dZ, cache):
        A_prev, W, b, hparameters = cache
        g = Geometry(W.shape[0], hparameters["stride"], hparameters["pad"])
        X = cls.pad(A_prev, g.pad)
        dX, dW = np.zeros(X.shape), np.zeros(W.shape)
        for h, w, rows, cols in Windows(X.shape, g):
            d = dZ[:, h, w, :]
            dX[:, rows, cols, :] += (W @ d.T).transpose(3, 0, 1, 2)
            dW += np.moveaxis(X[:, rows, cols, :], 0, -1) @ d
        n_H, n_W = A_prev.shape[1:3]
        return dX[:, g.pad:g.pad + n_H, g.pad:g.pad + n_W, :], dW, dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, -1)


@dataclass(frozen=True)
class Pool:
    mode: str

    def __call__(self, A_prev, hparameters):
        A_windows = Windows(A_prev.shape, (hparameters["f"], hparameters["stride"], 0))
        A = np.zeros((A_prev.shape[0], A_windows.n_H, A_windows.n_W, A_prev.shape[3]))
        for h, w, rows, cols in A_windows:
            A[:, h, w] = getattr(np, {"max": "max", "average": "mean"}[self.mode])(A_prev[:, rows, cols], axis=(1, 2))
        return A, (A_prev, hparameters)

    @staticmethod
    def mask(x):
        return x == x.max()

    @staticmethod
    def spread(dz, shape):
        out = np.empty(shape)
        out.fill(dz / out.size)
        return out

    def back(self, dA, cache):
        A_prev, hparameters = cache
        out = np.zeros_like(A_prev)
        for h, w, rows, cols in Windows(A_prev.shape, (hparameters["f"], hparameters["stride"], 0)):
            for i in range(dA.shape[0]):
                for c in range(dA.shape[3]):
                    if self.mode == "max":
                        out[i, rows, cols, c] += self.mask(A_prev[i, rows, cols, c]) * dA[i, h, w, c]
                    elif self.mode == "average":
                        out[i, rows, cols, c] += self.spread(dA[i, h, w, c], (hparameters["f"],) * 2)
        return out


# the names of the exercise
zero_pad = Conv.pad
conv_single_step = Conv.step
conv_forward = Conv.forward
conv_backward = Conv.backward
create_mask_from_window, distribute_value = Pool.mask, Pool.spread


def pool_forward(A_prev, hparameters, mode="max"):
    return Pool(mode)(A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    return Pool(mode).back(dA, cache)
