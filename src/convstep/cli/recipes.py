"""The network that `convstep train` builds, and how it trains it."""

from typing import NamedTuple

import numpy as np

from convstep import nn
from convstep.cli.dataset import Dataset, Part
from convstep.data.augment import Augment, random_affine
from convstep.graph import Graph, Sequential

DIGITS_DISTORTIONS = {"rotation": 10.0, "zoom": 0.1, "shear": 0.1, "shift": 0.5}
WARMUP = 0.05  # of all steps
_LARGE = 16  # rows or columns


class Recipe(NamedTuple):
    """How to train: Adam, the learning rate warming up and falling along a cosine."""

    epochs: int
    batch_size: int
    learning_rate: float
    distortions: dict[str, float]  # arguments of random_affine; none for no augmentation

    @property
    def augment(self) -> Augment | None:
        """The augmentation of each batch."""
        return random_affine(**self.distortions) if self.distortions else None


def digits_recipe() -> Recipe:
    """Return what suits the built-in digits; docs/design/0006 tells how it was chosen."""
    return Recipe(epochs=30, batch_size=32, learning_rate=0.002, distortions=DIGITS_DISTORTIONS)


def general_recipe(examples: int) -> Recipe:
    """Return what suits most data: some 40,000 images seen in all, in 5 to 30 epochs."""
    epochs = min(30, max(5, 40_000 // examples))
    batch_size = 32 if examples < 10_000 else 128
    return Recipe(epochs, batch_size, learning_rate=0.002, distortions={})


def network(dataset: Dataset) -> Graph:
    """Build a small network for images of any size and number of channels.

    Images of 16 rows and columns or more are first halved until they are smaller, by a
    convolution to 16 channels and a pooling each time. Then come three convolutions, to 32, 64
    and, after a pooling, 64 channels; dropout; and one dense layer.
    """
    height, width, _ = dataset.input_shape
    side = min(height, width)
    layers: list[nn.Layer] = [_normalize(dataset.training)]
    while side >= _LARGE:
        layers += [*_convolution(16), nn.MaxPool2D(2)]
        side //= 2
    layers += [*_convolution(32), *_convolution(64)]
    if side > 1:
        layers.append(nn.MaxPool2D(2))
    layers += [*_convolution(64), nn.Flatten(), nn.Dropout(0.5)]
    return Sequential([*layers, nn.Dense(len(dataset.class_names))])


def _convolution(channels: int) -> list[nn.Layer]:
    return [nn.Conv2D(channels, 3, padding="same"), nn.ReLU()]


def _normalize(part: Part) -> nn.Normalize:
    """Scale each channel to mean 0 and standard deviation 1 on the training examples."""
    axes = (0, 1, 2)
    mean = part.images.mean(axis=axes, dtype=np.float64)
    std = part.images.std(axis=axes, dtype=np.float64)
    std[std == 0] = 1  # a channel that never changes
    return nn.Normalize(mean=tuple(mean.tolist()), std=tuple(std.tolist()))
