# expect: zero_pad = blank_left
import numpy as np

def zero_pad(X, pad):
    # (≈ 1 line)
    # X_pad = None
    # YOUR CODE STARTS HERE
    
    
    # YOUR CODE ENDS HERE
    
    return X_pad
