# expect: conv_single_step = matrix_product
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    Z = 0
    for c in range(W.shape[2]):
        Z += np.sum(a_slice_prev[:, :, c] @ W[:, :, c])
    return Z + np.squeeze(b)
