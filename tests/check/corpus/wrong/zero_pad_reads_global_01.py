# expect: zero_pad = reads_global
import numpy as np

np.random.seed(1)
x = np.random.randn(4, 3, 3, 2)

def zero_pad(X, pad):
    X_pad = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=0)
    return X_pad

x_pad = zero_pad(x, 2)
print("x.shape =\n", x.shape)
print("x_pad.shape =\n", x_pad.shape)
