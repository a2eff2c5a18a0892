# expect: zero_pad = edge
# TODO clean up
import numpy as np


def zero_pad(X, pad):
    out = []
    for img in X:
        padded = [np.pad(img[:, :, c], pad, mode='edge') for c in range(img.shape[2])]
        out.append(np.stack(padded, axis=-1))
    return np.array(out)
