# expect: zero_pad = pads_examples | pads_examples + pads_channels | pads_channels + pads_examples | ?
import numpy as np

# np.pad(X, pad) should pad everything with zeros right?
def zero_pad(X, pad):
    return np.pad(X, pad, 'constant')
