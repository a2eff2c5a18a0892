# expect: zero_pad = right; conv_single_step = right; conv_forward = right; conv_backward = right
import numpy as np
from scipy import signal
from scipy.signal import correlate2d, convolve2d


def zero_pad(X, pad):
    kernel = np.zeros((1, 2 * pad + 1, 2 * pad + 1, 1))
    kernel[0, pad, pad, 0] = 1.0
    # a convolution with a lone 1 in its middle, in mode "full", is padding
    return signal.convolve(X, kernel, mode="full", method="direct")


def conv_single_step(a_slice_prev, W, b):
    total = signal.correlate(a_slice_prev, W, mode="valid", method="direct")
    return np.float64(total.item() + np.asarray(b).item())


def conv_forward(A_prev, W, b, hparameters):
    stride = hparameters['stride']
    A_prev_pad = zero_pad(A_prev, hparameters['pad'])
    maps = []
    for image in A_prev_pad:
        per_filter = []
        for k in range(W.shape[3]):
            acc = 0
            for ch in range(W.shape[2]):
                acc = acc + correlate2d(image[:, :, ch], W[:, :, ch, k], mode='valid')
            per_filter.append(acc[::stride, ::stride] + b[0, 0, 0, k])
        maps.append(np.stack(per_filter, axis=-1))
    return np.stack(maps), (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    stride, pad = hparameters['stride'], hparameters['pad']
    X = zero_pad(A_prev, pad)
    m, H, V, C = X.shape
    f, K = W.shape[0], W.shape[3]
    # undo the stride: the gradient of every place a window could have started at
    full = np.zeros((m, H - f + 1, V - f + 1, K))
    full[:, ::stride, ::stride][:, :dZ.shape[1], :dZ.shape[2]] = dZ
    dX, dW = np.zeros(X.shape), np.zeros(W.shape)
    for i in range(m):
        for k in range(K):
            for ch in range(C):
                dX[i, :, :, ch] += convolve2d(full[i, :, :, k], W[:, :, ch, k], mode='full')
                dW[:, :, ch, k] += correlate2d(X[i, :, :, ch], full[i, :, :, k], mode='valid')
    db = dZ.sum(axis=(0, 1, 2)).reshape(1, 1, 1, -1)
    return dX[:, pad:H - pad, pad:V - pad], dW, db
