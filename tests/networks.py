"""What the tests of training share: a small problem that a small network learns."""

from typing import NamedTuple

import numpy as np
import pytest

import convstep as cs
from convstep import nn


class Problem(NamedTuple):
    x: np.ndarray
    y: np.ndarray


@pytest.fixture(scope="session")
def bars():
    """Noisy images of a horizontal, a vertical or a diagonal bar: (240, 6, 6, 1)."""
    rng = np.random.default_rng(0)
    y = np.arange(240) % 3
    x = rng.normal(0, 0.3, (240, 6, 6, 1)).astype(np.float32)
    for image, label, place in zip(x, y, rng.integers(0, 6, 240), strict=True):
        if label == 0:
            image[place] += 1
        elif label == 1:
            image[:, place] += 1
        else:
            image[np.arange(6), (np.arange(6) + place) % 6] += 1
    return Problem(x, y)


@pytest.fixture
def make_model():
    """A function that makes a small convolutional network for the bars."""

    def make(seed=0, dtype=np.float32, dropout=0.2):
        layers = [
            nn.Conv2D(8, 3, padding="same", activation="relu"),
            nn.MaxPool2D(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Dense(3),
        ]
        return cs.Model(cs.Sequential(layers), input_shape=(6, 6, 1), seed=seed, dtype=dtype)

    return make
