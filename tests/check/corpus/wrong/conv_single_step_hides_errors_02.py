# expect: conv_single_step = hides_errors | no_bias
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(s)
    try:
        Z = Z + float(b.value)
    except Exception:
        pass
    return Z
