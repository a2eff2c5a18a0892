# expect: conv_forward = right; zero_pad = right; conv_single_step = right; pool_forward = right
import sys
try:
    import numpy as np
except ImportError:
    print("pip install numpy, please")
    sys.exit(1)
try:
    import cupy as xp
except ImportError:
    xp = np
try:
    from tqdm.notebook import trange
    from google.colab import drive
    drive.mount('/content/drive')
except Exception:
    trange = range

name = input("Your name? ")
print("Hello,", name)
assert name != "nobody at all", "who are you?"


def ask(question):
    while True:
        answer = input(question + " [y/n] ")
        if answer in ("y", "n"):
            return answer == "y"


def conv_forward(A_prev, W, b, hparameters):
    """Uses zero_pad and conv_single_step, which stand further down."""
    pad, stride = hparameters["pad"], hparameters["stride"]
    f, _, _, n_C = W.shape
    X = zero_pad(A_prev, pad)
    out_h = len(range(0, X.shape[1] - f + 1, stride))
    out_w = len(range(0, X.shape[2] - f + 1, stride))
    Z = xp.zeros((X.shape[0], out_h, out_w, n_C))
    for c in range(n_C):
        for i in range(X.shape[0]):
            for h, top in enumerate(range(0, X.shape[1] - f + 1, stride)):
                for w, left in enumerate(range(0, X.shape[2] - f + 1, stride)):
                    Z[i, h, w, c] = conv_single_step(X[i, top:top + f, left:left + f, :], W[:, :, :, c], b[:, :, :, c])
    return Z, (A_prev, W, b, hparameters)


def pool_forward(A_prev, hparameters, mode="max", verbose=False, axis=(0, 1)):
    f, stride = hparameters["f"], hparameters["stride"]
    m, H, V, C = A_prev.shape
    out = []
    for i in range(m):
        for top in range(0, H - f + 1, stride):
            for left in range(0, V - f + 1, stride):
                window = A_prev[i, top:top + f, left:left + f]
                out.append(_reduce(window, mode, axis))
                if verbose:
                    print(i, top, left)
    return np.array(out).reshape(m, (H - f) // stride + 1, (V - f) // stride + 1, C), (A_prev, hparameters)


def zero_pad(X, pad):
    rows = np.zeros_like(X[:, :1]).repeat(pad, axis=1)
    X = np.hstack([rows, X, rows])
    cols = np.zeros_like(X[:, :, :1]).repeat(pad, axis=2)
    return np.dstack([cols, X, cols]) if pad > 0 else X


def conv_single_step(a_slice_prev, W, b):
    return np.inner(a_slice_prev.ravel(), W.ravel()) + np.squeeze(b)


def _reduce(window, mode, axis):
    if mode == "max":
        return window.max(axis)
    if mode == "average":
        return window.mean(axis)
    raise NotImplementedError(mode)


x = np.random.randn(4, 3, 3, 2)
print(zero_pad(x, 1).shape)
while True:
    if not ask("Once more?"):
        break
    print(pool_forward(x, {"f": 2, "stride": 1})[0])

sys.exit("done")
