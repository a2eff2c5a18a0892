# expect: conv_single_step = flipped_filter | ?
import numpy as np
from scipy.signal import convolve

def conv_single_step(a_slice_prev, W, b):
    # convolution!
    return convolve(a_slice_prev, W, mode="valid").item() + np.asarray(b).item()
