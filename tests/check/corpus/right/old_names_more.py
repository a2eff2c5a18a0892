# expect: zero_pad = right; conv_single_step = note:returns_array; conv_forward = note:old_numpy; pool_forward = note:old_numpy; create_mask_from_window = note:old_numpy; distribute_value = note:old_numpy
import numpy as np
import warnings
warnings.filterwarnings("ignore", category=np.VisibleDeprecationWarning)


def zero_pad(X, pad):
    for _ in range(pad):
        X = np.insert(X, [0, X.shape[1]], 0, axis=1)
        X = np.insert(X, [0, X.shape[2]], 0, axis=2)
    return X


def conv_single_step(a_slice_prev, W, b):
    return np.float64(np.sum(a_slice_prev * W) + b)     # still an array of b's shape


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    f = W.shape[0]
    n_H = np.math.floor((A_prev.shape[1] - f + 2 * pad) / stride) + 1
    n_W = np.math.floor((A_prev.shape[2] - f + 2 * pad) / stride) + 1
    X = zero_pad(A_prev, pad)
    Z = np.zeros((A_prev.shape[0], n_H, n_W, W.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            patch = X[:, h * stride:h * stride + f, w * stride:w * stride + f, :]
            Z[:, h, w, :] = np.tensordot(patch, W, axes=3) + np.squeeze(b, axis=(0, 1, 2))
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    A = np.zeros((m, (H - f) // stride + 1, (V - f) // stride + 1, C))
    for i, h, w, c in np.ndindex(A.shape):
        best, total = np.NINF, 0.
        for y in range(f):
            for x in range(f):
                value = A_prev[i, h * stride + y, w * stride + x, c]
                total += value
                if value > best:
                    best = value
        A[i, h, w, c] = best if mode == "max" else total / f / f
    return A, (A_prev, hparameters)


def create_mask_from_window(x):
    return np.in1d(x.ravel(), [x.max()]).reshape(x.shape)


def distribute_value(dz, shape):
    return np.asarray(np.ones(shape) * dz / (shape[0] * shape[1]), dtype=np.longfloat).astype(np.float_)
