# expect: zero_pad = right; conv_single_step = right; conv_forward = right; create_mask_from_window = note:first_tied; distribute_value = right; pool_backward = note:first_tied
# b is (1, 1, 1) in the lesson, so its one number is b[0, 0, 0].
import numpy as np
import torch
import torch.nn.functional as F
import tensorflow as tf
from sklearn.datasets import load_digits
from .helpers import plot_images
from ..utils import timer

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
digits = load_digits().images[..., None]


def zero_pad(X, pad):
    def pad_matrix(n):
        """(n + 2 pad, n): the identity with empty rows around it"""
        return np.vstack([np.zeros((pad, n)), np.eye(n), np.zeros((pad, n))])
    return np.einsum("ph,mhwc,qw->mpqc", pad_matrix(X.shape[1]), X, pad_matrix(X.shape[2]))


def conv_single_step(a_slice_prev, W, b):
    s = a_slice_prev * W
    Z = np.sum(np.sum(np.sum(s, axis=2), axis=1), axis=0)
    return Z + b[0, 0, 0]


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    A_pad = zero_pad(A_prev, pad)
    f, n_C = W.shape[0], W.shape[3]
    m, H, V = A_pad.shape[:3]
    step = np.vectorize(conv_single_step, signature="(f,g,c),(f,g,c),(a,b,d)->()")
    maps = [
        step(A_pad[:, None, h:h + f, w:w + f], np.moveaxis(W, 3, 0)[None], np.moveaxis(b, 3, 0)[None])
        for h in range(0, H - f + 1, stride)
        for w in range(0, V - f + 1, stride)
    ]
    Z = np.moveaxis(np.array(maps), 0, 1).reshape(m, (H - f) // stride + 1, (V - f) // stride + 1, n_C)
    return Z, (A_prev.copy(order="K"), W, b, hparameters)


def create_mask_from_window(x):
    """The first maximum only, as max-pooling of the big frameworks does."""
    mask = np.zeros_like(x)
    best_row, best_col = 0, 0
    for r in range(x.shape[0]):
        for q in range(x.shape[1]):
            if x[r, q] > x[best_row, best_col]:
                best_row, best_col = r, q
    mask[best_row, best_col] = 1
    return mask


def distribute_value(dz, shape):
    return np.kron(np.ones(shape), dz / np.size(np.empty(shape)))


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    m, n_H, n_W, n_C = dA.shape
    for c in range(n_C):
        for w in range(n_W):
            for h in range(n_H):
                for i in range(m):
                    vert, horiz = h * stride, w * stride
                    window = A_prev[i, vert:vert + f, horiz:horiz + f, c]
                    if mode == "max":
                        share = create_mask_from_window(window) * dA[i, h, w, c]
                    elif mode == "average":
                        share = distribute_value(dA[i, h, w, c], window.shape)
                    np.add(dA_prev[i, vert:vert + f, horiz:horiz + f, c], share, out=dA_prev[i, vert:vert + f, horiz:horiz + f, c])
    return dA_prev


def compare_with_torch(x):
    t = torch.tensor(x.transpose(0, 3, 1, 2), device=device)
    return F.max_pool2d(t, 2).cpu().numpy()


print(compare_with_torch(digits).shape, tf.__version__)
