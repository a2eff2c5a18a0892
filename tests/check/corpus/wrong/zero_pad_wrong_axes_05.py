# expect: zero_pad = wrong_axes
import numpy as np


def zero_pad(X, pad):
    m, h, w, c = X.shape      # pytorch order?
    out = np.zeros((m, h, w + 2 * pad, c + 2 * pad))
    out[:, :, pad:pad + w, pad:pad + c] = X
    return out
