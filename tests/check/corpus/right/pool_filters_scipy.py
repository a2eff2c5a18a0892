# expect: pool_forward = right; pool_backward = right; create_mask_from_window = right; distribute_value = right
import numpy as np
from scipy import ndimage, sparse


def _corner(filtered, f, s, n_H, n_W):
    """Filters of scipy.ndimage are centred on a cell; take those that belong to whole windows."""
    o = f // 2
    return filtered[:, o:o + s * n_H:s, o:o + s * n_W:s][:, :n_H, :n_W]


def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    n_H = (A_prev.shape[1] - f) // s + 1
    n_W = (A_prev.shape[2] - f) // s + 1
    size = (1, f, f, 1)
    if mode == "max":
        A = ndimage.maximum_filter(A_prev, size=size, mode="constant", cval=-np.inf)
    elif mode == "average":
        A = ndimage.uniform_filter(A_prev, size=size, mode="constant")
    else:
        raise ValueError(mode)
    return _corner(A, f, s, n_H, n_W), (A_prev, hparameters)


def _gather(H, V, f, s):
    """A sparse matrix of ones: row (window), column (cell)."""
    n_H, n_W = (H - f) // s + 1, (V - f) // s + 1
    rows, cols = [], []
    for h in range(n_H):
        for w in range(n_W):
            for y in range(f):
                for x in range(f):
                    rows.append(h * n_W + w)
                    cols.append((h * s + y) * V + w * s + x)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, cols)), shape=(n_H * n_W, H * V))


def create_mask_from_window(x):
    return x >= ndimage.maximum(x)


def distribute_value(dz, shape):
    return sparse.coo_matrix(np.ones(shape)).multiply(dz / (shape[0] * shape[1])).toarray() if dz else np.zeros(shape)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, s = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    G = _gather(H, V, f, s)
    out = np.zeros((m, H * V, C))
    flat = A_prev.reshape(m, H * V, C)
    grad = dA.reshape(m, -1, C)
    for i in range(m):
        for c in range(C):
            if mode == "average":
                out[i, :, c] = G.T @ grad[i, :, c] / (f * f)
                continue
            lo, hi = G.indptr[:-1], G.indptr[1:]
            for k, (a, z) in enumerate(zip(lo, hi)):
                cells = G.indices[a:z]
                x = flat[i, cells, c].reshape(f, f)
                out[i, cells, c] += create_mask_from_window(x).ravel() * grad[i, k, c]
    return out.reshape(A_prev.shape)
