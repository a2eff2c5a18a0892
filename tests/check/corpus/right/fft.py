# expect: zero_pad = right; conv_forward = right; conv_backward = right
"""Everything by way of the frequency domain: the convolution theorem instead of loops.

A window that slides is a correlation, and a correlation is a product of spectra, the second one
conjugated.  What wraps around falls outside of the "valid" part.
"""
import numpy as np
from numpy.fft import rfft2, irfft2

AXES = (1, 2)


def zero_pad(X, pad):
    Y = np.zeros(np.add(X.shape, (0, 2 * pad, 2 * pad, 0)))
    m, h, w, c = np.ix_(*[np.arange(n) for n in X.shape])
    Y[m, h + pad, w + pad, c] = X
    return Y


def _spectrum_of_filters(W, size):
    return rfft2(W, size, axes=(0, 1))          # H, V', C, K


def conv_forward(A_prev, W, b, hparameters):
    s = hparameters["stride"]
    X = zero_pad(A_prev, hparameters["pad"])
    f, size = W.shape[0], X.shape[1:3]
    S = rfft2(X, size, axes=AXES)
    P = np.einsum('mhwc,hwck->mhwk', S, np.conj(_spectrum_of_filters(W, size)))
    full = irfft2(P, size, axes=AXES)
    valid = full[:, :size[0] - f + 1, :size[1] - f + 1]
    Z = valid[:, ::s, ::s] + b
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    s, p = hparameters["stride"], hparameters["pad"]
    X = zero_pad(A_prev, p)
    f, size = W.shape[0], X.shape[1:3]
    D = np.zeros(X.shape[:3] + (W.shape[3],))
    D[:, :dZ.shape[1] * s:s, :dZ.shape[2] * s:s] = dZ
    D_ = rfft2(D, size, axes=AXES)
    dX = irfft2(np.einsum('mhwk,hwck->mhwc', D_, _spectrum_of_filters(W, size)), size, axes=AXES)
    dW = irfft2(np.einsum('mhwc,mhwk->hwck', rfft2(X, size, axes=AXES), D_.conj()), size, axes=(0, 1))
    return dX[:, p:size[0] - p, p:size[1] - p, :], dW[:f, :f], dZ.sum(axis=(0, 1, 2))[np.newaxis, np.newaxis, np.newaxis, :]
