# expect: conv_backward = dA_overwritten
# why is this wrong?? the shapes are ok
import numpy as np


def conv_backward(dZ, cache):
    (A_prev, W, b, hparameters) = cache
    (m, H_in, W_in, n_C_prev) = A_prev.shape
    (f, f, n_C_prev, n_C) = W.shape
    stride = hparameters["stride"]
    pad = hparameters["pad"]
    (m, H_out, W_out, n_C) = dZ.shape

    i0 = np.repeat(np.arange(f), f)
    i1 = stride * np.repeat(np.arange(H_out), W_out)
    j0 = np.tile(np.arange(f), f)
    j1 = stride * np.tile(np.arange(W_out), H_out)
    rows = i0.reshape(-1, 1) + i1.reshape(1, -1)
    cols = j0.reshape(-1, 1) + j1.reshape(1, -1)

    x = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    x_col = x[:, rows, cols, :]                # (m, f*f, H_out*W_out, n_C_prev)
    dz = dZ.reshape(m, H_out * W_out, n_C)
    dW = np.einsum('mkpc,mpn->kcn', x_col, dz).reshape(W.shape)
    dx_col = np.einsum('mpn,kcn->mkpc', dz, W.reshape(f * f, n_C_prev, n_C))
    dx = np.zeros(x.shape)
    dx[:, rows, cols, :] = dx_col
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dA_prev = dx[:, pad:pad + H_in, pad:pad + W_in, :]
    return dA_prev, dW, db
