# expect: conv_forward = flipped_filter
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    shape = x.shape[1:3]
    full = np.einsum("mhwc,hwck->mhwk", np.fft.rfft2(x, axes=(1, 2)), np.fft.rfft2(W, s=shape, axes=(0, 1)))
    z = np.fft.irfft2(full, s=shape, axes=(1, 2))[:, f - 1:, f - 1:]   # the valid part
    return z[:, ::s, ::s] + b, (A_prev, W, b, hparameters)
