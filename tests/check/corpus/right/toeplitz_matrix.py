# expect: conv_forward = right; conv_backward = right; pool_forward = right; pool_backward = right; create_mask_from_window = right
# A convolution is a matrix. Then its backward pass is the transposed one; nothing to derive.
import numpy as np

MATRICES = {}


def selection(H, V, f, s, p):
    """S[window, cell of filter, cell of image] is 1 where they meet; padding meets nothing."""
    key = (H, V, f, s, p)
    if key not in MATRICES:
        n_H, n_W = (H + 2 * p - f) // s + 1, (V + 2 * p - f) // s + 1
        S = np.zeros((n_H, n_W, f, f, H, V))
        for h in range(n_H):
            for w in range(n_W):
                for y in range(f):
                    for x in range(f):
                        r, q = h * s + y - p, w * s + x - p
                        if r in range(H) and q in range(V):
                            S[h, w, y, x, r, q] = 1
        MATRICES[key] = S
    return MATRICES[key]


def conv_forward(A_prev, W, b, hparameters):
    S = selection(*A_prev.shape[1:3], W.shape[0], hparameters["stride"], hparameters["pad"])
    big = np.einsum("hwyxrq,yxck->hwkrqc", S, W, optimize=True)       # the matrix itself
    Z = np.einsum("hwkrqc,mrqc->mhwk", big, A_prev, optimize=True)
    return Z + np.broadcast_to(b, Z.shape), (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    S = selection(*A_prev.shape[1:3], W.shape[0], hparameters["stride"], hparameters["pad"])
    dA = np.einsum("hwyxrq,yxck,mhwk->mrqc", S, W, dZ, optimize=True)
    dW = np.einsum("hwyxrq,mrqc,mhwk->yxck", S, A_prev, dZ, optimize=True)
    return dA, dW, np.einsum("mhwk->k", dZ).reshape((1, 1, 1, -1))


def pool_forward(A_prev, hparameters, mode="max"):
    S = selection(*A_prev.shape[1:3], hparameters["f"], hparameters["stride"], 0)
    windows = np.tensordot(S, A_prev, axes=([4, 5], [1, 2]))          # h w y x m c
    if mode == "average":
        A = np.mean(windows, axis=(2, 3))
    else:
        A = np.amax(np.amax(windows, axis=2), axis=2)
    return A.transpose(2, 0, 1, 3), (A_prev, hparameters)


def create_mask_from_window(x):
    return np.equal.outer(np.max(x), x)


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    S = selection(*A_prev.shape[1:3], f, hparameters["stride"], 0)
    if mode == "average":
        return np.einsum("hwyxrq,mhwc->mrqc", S, dA) / f ** 2
    n_H, n_W = dA.shape[1:3]
    grads = np.zeros((n_H, n_W, f, f) + (dA.shape[0], dA.shape[3]))
    windows = np.tensordot(S, A_prev, axes=([4, 5], [1, 2]))
    for h, w, m, c in np.ndindex(n_H, n_W, dA.shape[0], dA.shape[3]):
        grads[h, w, :, :, m, c] = create_mask_from_window(windows[h, w, :, :, m, c]) * dA[m, h, w, c]
    return np.einsum("hwyxrq,hwyxmc->mrqc", S, grads)
