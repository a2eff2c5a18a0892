"""The network that an estimator makes if it is given none."""

from typing import NamedTuple

import numpy as np

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn.layer import Array, Layer, Shape

_ROWS = 1024  # looked at together, so that no copy of all is made
_LARGEST = 7  # of a side of what is flattened
_CHANNELS = 16, 64  # of the first convolution, and the most of all
_HIDDEN = 64


class Scaling(NamedTuple):
    """Mean and standard deviation of numbers, channel by channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


def default_network(
    shape: Shape, outputs: int, inputs: Scaling, targets: Scaling | None = None
) -> Graph:
    """Join convolutions and max pooling, as many as the input's size asks for, and dense layers.

    A side of 1 is neither convolved nor pooled, so the same rule serves images, signals and
    single numbers.

    Parameters
    ----------
    shape : (height, width, channels)
    outputs : int
    inputs : Scaling
        What the network begins with.
    targets : Scaling, optional
        What it ends with, turned round, where it learns numbers.
    """
    height, width, _ = shape
    channels, most = _CHANNELS
    layers: list[Layer] = [nn.Normalize(*inputs)]
    while True:
        kernel = (min(height, 2) * 2 - 1, min(width, 2) * 2 - 1)  # 1 for a side of 1, else 3
        layers.append(nn.Conv2D(channels, kernel, padding="same", activation="relu"))
        if max(height, width) <= _LARGEST:
            break
        pool = (min(height, 2), min(width, 2))
        layers.append(nn.MaxPool2D(pool))
        height, width = height // pool[0], width // pool[1]
        channels = min(2 * channels, most)
    layers += [nn.Flatten(), nn.Dense(_HIDDEN, activation="relu"), nn.Dense(outputs)]
    if targets is not None:
        back = [(-mean / std, 1 / std) for mean, std in zip(*targets, strict=True)]
        layers.append(nn.Normalize(*map(tuple, zip(*back, strict=True))))
    return Sequential(layers)


def moments(x: Array, weight: Array | None) -> Scaling:
    """Measure the channels of weighted examples, shape (N, ..., channels).

    A channel that never changes has a standard deviation of 1.
    """
    axes = tuple(range(1, x.ndim - 1))
    means, variances = [], []
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS].astype(np.float64)
        means.append(rows.mean(axis=axes))
        variances.append(rows.var(axis=axes))
    each = np.concatenate(means)  # (N, channels)
    mean = np.average(each, axis=0, weights=weight)
    spread = np.concatenate(variances) + (each - mean) ** 2
    std = np.sqrt(np.average(spread, axis=0, weights=weight))
    # Against the mean, for rounding leaves a little of a spread that is none.
    std[std <= 1e-12 * np.abs(mean)] = 1.0
    return Scaling(tuple(mean.tolist()), tuple(std.tolist()))
