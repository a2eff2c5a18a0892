"""Padding of height and width."""

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.geometry import Pads


def pad2d(x: Array, pads: Pads, value: Array | int) -> Array:
    """Surround each image by cells of one value."""
    (top, bottom), (left, right) = pads
    n, height, width, channels = x.shape
    y = np.full((n, top + height + bottom, left + width + right, channels), value, x.dtype)
    y[:, top : top + height, left : left + width] = x
    return y


def pad2d_backward(grad: Array, pads: Pads) -> Array:
    """Cut the surrounding cells away."""
    (top, bottom), (left, right) = pads
    _, height, width, _ = grad.shape
    return grad[:, top : height - bottom, left : width - right].copy()
