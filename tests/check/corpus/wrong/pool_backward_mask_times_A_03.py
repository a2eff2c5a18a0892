# expect: pool_backward = mask_times_A
# TODO clean up
import numpy as np


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f = hparameters["f"]
    stride = hparameters["stride"]
    m, H_out, W_out, n_C = dA.shape
    dA_prev = np.zeros_like(A_prev, dtype=float)
    for h in range(H_out):
        for w in range(W_out):
            vert_start = h * stride
            vert_end = vert_start + f
            horiz_start = w * stride
            horiz_end = horiz_start + f
            da = dA[:, h, w, :][:, None, None, :]
            if mode == "max":
                a_slice = A_prev[:, vert_start:vert_end, horiz_start:horiz_end, :]
                mask = a_slice == a_slice.max(axis=(1, 2), keepdims=True)
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += mask * a_slice
            elif mode == "average":
                dA_prev[:, vert_start:vert_end, horiz_start:horiz_end, :] += da / (f * f)
    return dA_prev
