# expect: conv_backward = right
# only this one is mine, the rest is in another notebook
import numpy as np


def conv_backward(dZ, cache):
    A_prev, W, b, hp = cache
    s, p = hp["stride"], hp["pad"]
    f, _, n_C_prev, n_C = W.shape
    m, n_H, n_W, _ = dZ.shape
    H, V = A_prev.shape[1], A_prev.shape[2]
    dA_prev = np.zeros_like(A_prev)
    dW = np.zeros_like(W)
    db = np.zeros_like(b)
    # no padded copy at all: cells of a window outside of the image are passed over
    for i in range(m):
        for c in range(n_C):
            for h in range(n_H):
                for w in range(n_W):
                    db[0, 0, 0, c] += dZ[i, h, w, c]
                    for y in range(f):
                        row = h * s + y - p
                        if row < 0 or row >= H:
                            continue
                        for x in range(f):
                            col = w * s + x - p
                            if not 0 <= col < V:
                                continue
                            for k in range(n_C_prev):
                                dA_prev[i, row, col, k] += W[y, x, k, c] * dZ[i, h, w, c]
                                dW[y, x, k, c] += A_prev[i, row, col, k] * dZ[i, h, w, c]
    return dA_prev, dW, db
