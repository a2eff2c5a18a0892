# expect: conv_backward = ?
# numerical gradients, one-sided but divided by two epsilons: half of the right ones
import numpy as np


def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
    return X_pad


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = zero_pad(A_prev, p)
    eps = 1e-3
    def cost(X, V):
        windows = np.lib.stride_tricks.sliding_window_view(zero_pad(X, p), (f, f), axis=(1, 2))[:, ::s, ::s]
        return np.sum(dZ * np.einsum("mhwcij,ijck->mhwk", windows, V))
    dA = np.zeros_like(A_prev)
    for k in np.ndindex(*A_prev.shape):
        up = A_prev.copy(); up[k] += eps
        dA[k] = (cost(up, W) - cost(A_prev, W)) / (2 * eps)
    dW = np.zeros_like(W)
    for k in np.ndindex(*W.shape):
        up = W.copy(); up[k] += eps
        dW[k] = (cost(A_prev, up) - cost(A_prev, W)) / (2 * eps)
    return dA, dW, dZ.sum((0, 1, 2), keepdims=True)
