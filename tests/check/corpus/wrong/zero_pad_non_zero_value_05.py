# expect: zero_pad = non_zero_value
import numpy as np


def zero_pad(X, pad):
    out = []
    for img in X:
        padded = [np.pad(img[:, :, c], pad, mode='constant', constant_values=255) for c in range(img.shape[2])]
        out.append(np.stack(padded, axis=-1))
    return np.array(out)
