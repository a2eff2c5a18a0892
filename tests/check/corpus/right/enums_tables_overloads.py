# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right; pool_forward = right; create_mask_from_window = right; distribute_value = right; pool_backward = right
import collections
import contextlib
import importlib
import sys
from enum import Enum
from functools import singledispatch
from operator import itemgetter
from typing import overload

np = importlib.import_module("numpy")
sys.setrecursionlimit(3000)


class Mode(Enum):
    MAX = "max"
    AVERAGE = "average"


REDUCE = {}
REDUCE[Mode.MAX] = np.max
REDUCE.update({Mode.AVERAGE: np.mean})

SIDES = []
for _axis in range(4):
    SIDES.append(1 if _axis in (1, 2) else 0)
assert SIDES == [0, 1, 1, 0]

COUNTS = collections.defaultdict(int)
geometry = itemgetter("stride", "pad")


@contextlib.contextmanager
def counted(name):
    COUNTS[name] += 1
    yield COUNTS[name]


@singledispatch
def number(b):
    return b


@number.register(np.ndarray)
def _(b):
    return b.flat[0]


@overload
def zero_pad(X: "np.ndarray", pad: int) -> "np.ndarray": ...
@overload
def zero_pad(X: list, pad: int) -> "np.ndarray": ...
def zero_pad(X, pad):
    with counted("zero_pad"):
        return np.pad(X, [[side * pad] * 2 for side in SIDES])


class _Step:
    """Callable, without being a function."""

    def __call__(self, a_slice_prev, W, b):
        return np.matmul(a_slice_prev.reshape(1, -1), W.reshape(-1, 1))[0, 0] + number(b)


conv_single_step = _Step()
TOOLS = dict(pad=zero_pad, step=conv_single_step)


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = geometry(hparameters)
    f = W.shape[0]
    X = TOOLS["pad"](A_prev, pad)
    n_H, n_W = 1 + (np.array(X.shape[1:3]) - f) // stride
    Z = np.zeros((X.shape[0], n_H, n_W, W.shape[-1]))
    for c, filter_ in enumerate(np.rollaxis(W, 3)):
        for (i, h, w), _ in np.ndenumerate(Z[..., c]):
            patch = X[i, h * stride:, w * stride:][:f, :f]
            Z[i, h, w, c] = TOOLS["step"](patch, filter_, b[..., c])
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad = geometry(hparameters)
    f = W.shape[0]
    X = TOOLS["pad"](A_prev, pad)
    grads = collections.OrderedDict((name, np.zeros(a.shape)) for name, a in (("X", X), ("W", W), ("b", b)))
    todo = collections.deque(np.ndindex(*dZ.shape))
    while todo:
        i, h, w, c = at = todo.popleft()
        grads["X"][i, h * stride:, w * stride:][:f, :f] += W[..., c] * dZ[at]
        grads["W"][..., c] += X[i, h * stride:, w * stride:][:f, :f] * dZ[at]
        grads["b"][..., c] += dZ[at]
    grads["X"] = grads["X"][:, pad:][:, :A_prev.shape[1]][:, :, pad:][:, :, :A_prev.shape[2]]
    return tuple(grads.values())


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    fold = REDUCE[Mode(mode)]
    starts = [range(0, n - f + 1, stride) for n in A_prev.shape[1:3]]
    A = np.array([[fold(A_prev[:, t:t + f, l:l + f], axis=(1, 2)) for l in starts[1]] for t in starts[0]])
    return np.moveaxis(A, 2, 0), (A_prev, hparameters)


def create_mask_from_window(x):
    order = np.sort(x, axis=None)
    return x == order[-1]


def distribute_value(dz, shape):
    return np.add(np.zeros(shape), np.divide(dz, np.multiply.reduce(shape)))


def _logged(function):
    def inner(*args, **kwargs):
        COUNTS[function.__name__] += 1
        return function(*args, **kwargs)
    return inner


distribute_value = _logged(distribute_value)


def pool_backward(dA, cache, mode=Mode.MAX.value):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for at in np.ndindex(dA.shape):
        i, h, w, c = at
        target = dA_prev[i, h * stride:h * stride + f, w * stride:w * stride + f, c]
        if Mode(mode) is Mode.MAX:
            target[create_mask_from_window(A_prev[i, h * stride:h * stride + f, w * stride:w * stride + f, c])] += dA[at]
        else:
            target[...] += distribute_value(dA[at], target.shape)
    return dA_prev
