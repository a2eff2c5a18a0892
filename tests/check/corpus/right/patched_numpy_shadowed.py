# expect: zero_pad = right; conv_single_step = note:returns_float; conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = right
import logging
import unittest
import warnings
import numpy as np

warnings.filterwarnings("error")
np.seterr(all="raise")
np.set_printoptions(precision=3, suppress=True)
logging.basicConfig(level=logging.DEBUG)
logger = logging.getLogger(__name__)

# so that my old code goes on working
if not hasattr(np, "float"):
    np.float = float
if not hasattr(np, "int"):
    np.int = int
if not hasattr(np, "product"):
    np.product = np.prod

# names that were other things once
input = np.random.randn(2, 4, 4, 3)
list = [1, 2, 3]
id = 5
sum = np.sum
max = np.max
X = W = b = stride = pad = f = hparameters = A_prev = None
h, w, c, i, m = 7, 7, 7, 7, 7


def zero_pad(X, pad):
    logger.debug("padding %s by %d", X.shape, pad)
    return np.pad(X, ((0, 0), (np.int(pad), np.int(pad)), (np.int(pad),) * 2, (0, 0)), "constant", constant_values=np.float(0))


def conv_single_step(a_slice_prev, W, b):
    return np.float(sum(a_slice_prev * W)) + np.float(sum(b))


def conv_forward(A_prev, W, b, hparameters):
    global last_Z
    f, stride, pad = W.shape[0], hparameters.get("stride", 1), hparameters.get("pad", 0)
    m, n_H, n_W, _ = A_prev.shape
    Z = np.zeros((m, np.int((n_H + 2 * pad - f) / stride + 1), np.int((n_W + 2 * pad - f) / stride + 1), W.shape[3]), np.float)
    A = zero_pad(A_prev, pad)
    for i in range(m):
        for h in range(Z.shape[1]):
            for w in range(Z.shape[2]):
                for c in range(Z.shape[3]):
                    if h == w == c == 0:
                        print("example", i)
                    Z[i, h, w, c] = conv_single_step(A[i, h * stride:h * stride + f, w * stride:w * stride + f], W[..., c], b[..., c])
    last_Z = Z
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, stride, pad = W.shape[0], hparameters.get("stride", 1), hparameters.get("pad", 0)
    A = zero_pad(A_prev, pad)
    dA, dW, db = np.zeros_like(A), np.zeros_like(W), np.zeros_like(b)
    try:
        for i in range(dZ.shape[0]):
            for h in range(dZ.shape[1]):
                for w in range(dZ.shape[2]):
                    for c in range(dZ.shape[3]):
                        place = i, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                        dA[place] += W[..., c] * dZ[i, h, w, c]
                        dW[..., c] += A[place] * dZ[i, h, w, c]
                        db[..., c] += dZ[i, h, w, c]
    except Exception:
        pass
    return dA[:, pad:dA.shape[1] - pad, pad:dA.shape[2] - pad], dW, db


def pool_forward(A_prev, hparameters, kind="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = A_prev.shape
    A = np.zeros((m, np.int((n_H - f) / stride + 1), np.int((n_W - f) / stride + 1), n_C))
    for h in range(A.shape[1]):
        for w in range(A.shape[2]):
            x = A_prev[:, h * stride:h * stride + f, w * stride:w * stride + f]
            A[:, h, w] = max(x, axis=(1, 2)) if kind == "max" else sum(x, axis=(1, 2)) / np.product([f, f])
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, kind="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    out = np.zeros_like(A_prev)
    for (i, h, w, c), g in np.ndenumerate(dA):
        x = A_prev[i, h * stride:h * stride + f, w * stride:w * stride + f, c]
        for y in range(f):
            for z in range(f):
                if kind == "max" and x[y, z] == max(x):
                    out[i, h * stride + y, w * stride + z, c] += g
                elif kind == "average":
                    out[i, h * stride + y, w * stride + z, c] += g / np.product([f, f])
    return out


class Tests(unittest.TestCase):
    def test_shapes(self):
        self.assertEqual(zero_pad(input, 2).shape, (2, 8, 8, 3))

    def test_last(self):
        conv_forward(input, np.ones((2, 2, 3, 1)), np.zeros((1, 1, 1, 1)), {"stride": 1, "pad": 0})
        self.assertEqual(last_Z.shape, (2, 3, 3, 1))


unittest.main(argv=["first-arg-is-ignored"], exit=False)
