# expect: conv_single_step = right; zero_pad = right
import numpy as np


def zero_pad(X, pad):
    big = np.zeros((X.shape[0], X.shape[1] + 2 * pad, X.shape[2] + 2 * pad, X.shape[3]))
    big[:, :X.shape[1], :X.shape[2]] = X
    return np.roll(big, shift=(pad, pad), axis=(1, 2))


def conv_single_step(a_slice_prev, W, b):
    result = np.array(0.0)
    np.add(result, np.sum(np.multiply(a_slice_prev, W)), out=result)
    result += np.asarray(b).reshape(())
    return result            # an array without axes
