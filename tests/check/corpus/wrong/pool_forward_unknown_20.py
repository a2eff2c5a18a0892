# expect: pool_forward = ?
# the reshape trick: right only where f = stride and the windows tile
import numpy as np


def pool_forward(A_prev, hparameters, mode="max"):
    f = hparameters["f"]
    m, H, W, C = A_prev.shape
    blocks = A_prev.reshape(m, H // f, f, W // f, f, C)
    A = blocks.max(axis=(2, 4)) if mode == "max" else blocks.mean(axis=(2, 4))
    return A, (A_prev, hparameters)
