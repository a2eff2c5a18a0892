# expect: conv_backward = divided_by_m + db_shape
import numpy as np

def zero_pad(X, pad):
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=0)
    return X_pad

def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    Z = Z + b.item()
    return Z

def conv_backward(dZ, cache):
    X, K, b, hp = cache
    s = hp["stride"]
    p = hp["pad"]
    k = K.shape[0]
    N, H, L, C = X.shape
    Xp = np.pad(X, ((0,0),(p,p),(p,p),(0,0)))
    gX = np.zeros_like(Xp, dtype=float)
    gK = np.zeros(K.shape)
    gb = np.zeros(K.shape[3])
    for (n, y, x, q), g in np.ndenumerate(dZ):
        ys, xs = slice(y*s, y*s+k), slice(x*s, x*s+k)
        gX[n, ys, xs] += g * K[..., q]
        gK[..., q] += g * Xp[n, ys, xs]
        gb[..., q] += g
    return gX[:, p:p+H, p:p+L, :], gK/N, gb/N
