# expect: create_mask_from_window = mutates_input
import numpy as np

def create_mask_from_window(x):
    m = x.max()
    x -= m
    return x == 0
