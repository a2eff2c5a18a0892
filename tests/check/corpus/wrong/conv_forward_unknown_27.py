# expect: conv_forward = ?
# circular convolution by FFT: flipped, and shifted by the filter's size
import numpy as np


def conv_forward(A_prev, W, b, hparameters):
    s, p = hparameters["stride"], hparameters["pad"]
    m, H, Wd, C = A_prev.shape
    f, _, _, K = W.shape
    x = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    shape = x.shape[1:3]
    Fx = np.fft.rfft2(x, axes=(1, 2))
    Fw = np.fft.rfft2(W, s=shape, axes=(0, 1))
    full = np.einsum("mhwc,hwck->mhwk", Fx, Fw)
    z = np.fft.irfft2(full, s=shape, axes=(1, 2))
    n_H, n_W = (shape[0] - f) // s + 1, (shape[1] - f) // s + 1
    Z = z[:, :s * n_H:s, :s * n_W:s] + b
    return Z, (A_prev, W, b, hparameters)
