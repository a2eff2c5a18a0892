# expect: pool_backward = dA_slice
# 第一周作业
import numpy as np


def create_mask_from_window(x):
    mask = (x == np.max(x))
    return mask


def distribute_value(dz, shape):
    (n_H, n_W) = shape
    average = dz / (n_H * n_W)
    a = np.ones(shape) * average
    return a


def pool_backward(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    m, n_H, n_W, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)

    for i in range(m):
        a_prev = A_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    vs = h * stride
                    ve = vs + f
                    hs = w * stride
                    he = hs + f

                    if mode == "max":
                        a_prev_slice = a_prev[vs:ve, hs:he, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, vs:ve, hs:he, c] += np.multiply(mask, dA[i, vs:ve, hs:he, c])
                    elif mode == "average":
                        da = dA[i, vs:ve, hs:he, c]
                        shape = (f, f)
                        dA_prev[i, vs:ve, hs:he, c] += distribute_value(da, shape)

    return dA_prev
