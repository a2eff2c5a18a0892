# expect: conv_single_step = not_summed
import numpy as np

def conv_single_step(a_slice_prev, W, b):
    return a_slice_prev * W + b
