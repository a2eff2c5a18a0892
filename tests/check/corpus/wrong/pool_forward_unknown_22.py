# expect: pool_forward = ?
# SciPy's filters are centred: the windows start half a window too early
import numpy as np
from scipy.ndimage import maximum_filter, uniform_filter

def pool_forward(A_prev, hparameters, mode="max"):
    f, s = hparameters["f"], hparameters["stride"]
    m, H, W, C = A_prev.shape
    A = np.zeros((m, (H - f) // s + 1, (W - f) // s + 1, C))
    op = maximum_filter if mode == "max" else uniform_filter
    for i in range(m):
        for c in range(C):
            A[i, :, :, c] = op(A_prev[i, :, :, c], size=f)[::s, ::s][:A.shape[1], :A.shape[2]]
    return A, (A_prev, hparameters)
