# expect: conv_single_step = returns_none
# copied from my notebook
import numpy as np


def conv_single_step(a_slice_prev, W, b):
    z = np.einsum('ijk,ijk->', a_slice_prev, W) + np.asarray(b).item()
