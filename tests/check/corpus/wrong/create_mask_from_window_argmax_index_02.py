# expect: create_mask_from_window = argmax_index
# 第一周作业
import numpy as np


def create_mask_from_window(x):
    ### START CODE HERE ###
    mask = (x == np.argmax(x))
    ### END CODE HERE ###
    return mask
