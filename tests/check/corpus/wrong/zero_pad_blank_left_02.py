# expect: zero_pad = blank_left
import numpy as np

def zero_pad(X, pad):
    #
    # X_pad = None
    # YOUR CODE STARTS HERE
    
    
    # YOUR CODE ENDS HERE
    
    return X_pad
