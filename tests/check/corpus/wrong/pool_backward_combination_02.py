# expect: pool_backward = no_stride + mask_times_A
# ex 3
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = x == x.max()
    ### END CODE HERE ###
    return mask


def distribute_value(dz, shape):
    return np.full(shape, dz / np.prod(shape))


def pool_backward(dA, cache, mode="max"):
    (A_prev, hparameters) = cache
    stride = hparameters["stride"]
    f = hparameters["f"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    m, H, Wd, n_C = dA.shape
    dA_prev = np.zeros(A_prev.shape)

    for i in range(m):
        a_prev = A_prev[i]
        for h in range(H):
            for w in range(Wd):
                for c in range(n_C):
                    r0 = h
                    r1 = r0 + f
                    c0 = w
                    c1 = c0 + f

                    if mode == "max":
                        a_prev_slice = a_prev[r0:r1, c0:c1, c]
                        mask = create_mask_from_window(a_prev_slice)
                        dA_prev[i, r0:r1, c0:c1, c] += np.multiply(mask, a_prev_slice)
                    elif mode == "average":
                        da = dA[i, h, w, c]
                        shape = (f, f)
                        dA_prev[i, r0:r1, c0:c1, c] += distribute_value(da, shape)

    return dA_prev
