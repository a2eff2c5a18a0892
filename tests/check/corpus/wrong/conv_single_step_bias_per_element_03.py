# expect: conv_single_step = bias_per_element
import numpy as np
conv_single_step = lambda a_slice_prev, W, b: np.sum(a_slice_prev * W + b)
