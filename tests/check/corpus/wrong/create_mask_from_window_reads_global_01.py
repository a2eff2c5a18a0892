# expect: create_mask_from_window = reads_global
# why is this wrong?? the shapes are ok
import numpy as np

A_slice = np.random.randn(2, 3)


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.max(A_slice))
    ### END CODE HERE ###
    return mask
