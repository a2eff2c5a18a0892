# expect: zero_pad = note:old_numpy; conv_single_step = note:old_numpy + note:returns_float; conv_forward = note:old_numpy; create_mask_from_window = right; distribute_value = right
# Python 2.7, Coursera, winter 2017
import numpy as np
import h5py
import matplotlib.pyplot as plt

def zero_pad(X, pad):
    X_pad = np.lib.pad(X, ((0,0),(pad,pad),(pad,pad),(0,0)), 'constant', constant_values=(0,0))
    return X_pad

x = np.random.randn(4, 3, 3, 2)
x_pad = zero_pad(x, 2)
print "x.shape =", x.shape
print "x_pad.shape =", x_pad.shape

def conv_single_step(a_slice_prev, W, b):
    s = np.multiply(a_slice_prev, W)
    Z = np.sum(s)
    Z = np.asscalar(Z + b)
    return Z

def conv_forward(A_prev, W, b, hparameters):
    (m, n_H_prev, n_W_prev, n_C_prev) = np.shape(A_prev)
    (f, f, n_C_prev, n_C) = np.shape(W)
    stride = hparameters['stride']
    pad = hparameters['pad']
    n_H = int(np.floor((n_H_prev - f + 2*pad)/float(stride))) + 1
    n_W = int(np.floor((n_W_prev - f + 2*pad)/float(stride))) + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = zero_pad(A_prev, pad)
    for i in range(0, m):
        a_prev_pad = A_prev_pad[i, :, :, :]
        for h in range(0, n_H):
            for w in range(0, n_W):
                for c in range(0, n_C):
                    vert_start = h*stride
                    vert_end = h*stride + f
                    horiz_start = w*stride
                    horiz_end = w*stride + f
                    a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                    Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:,:,:,c], b[:,:,:,c])
    assert(Z.shape == (m, n_H, n_W, n_C))
    cache = (A_prev, W, b, hparameters)
    return Z, cache

if True:
    print "Z's mean =", np.mean(x)

def create_mask_from_window(x):
    mask = (x == x.max())
    return mask

def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz/float(n_H*n_W)
    a = np.ones(shape)*average
    return a

print 'distributed value =', distribute_value(2, (2,2))
