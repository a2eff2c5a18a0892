# expect: zero_pad = right; create_mask_from_window = right; distribute_value = right
import numpy as np


def _frame(vector, pad_width, iaxis, kwargs):
    """For np.pad with a function of my own."""
    vector[:pad_width[0]] = kwargs.get("padder", 0)
    if pad_width[1]:
        vector[-pad_width[1]:] = kwargs.get("padder", 0)


SOLUTIONS = {}


def solution(function):
    SOLUTIONS[function.__name__] = function
    return function


@solution
def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), _frame, padder=0)


@solution
def create_mask(x):
    return x == np.max(x)


@solution
def distribute(dz, shape):
    n_H, n_W = shape
    return np.full((n_H, n_W), dz / (n_H * n_W))


for _short, _long in (("create_mask", "create_mask_from_window"), ("distribute", "distribute_value")):
    globals()[_long] = SOLUTIONS[_short]
