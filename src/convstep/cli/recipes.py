"""The network that `convstep train` builds, and how it trains it."""

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep import nn
from convstep.cli.dataset import Dataset
from convstep.data import affine, augment
from convstep.graph import Graph, Sequential

DIGITS_DISTORTIONS = {"affine": {"rotation": 10.0, "zoom": 0.1, "shear": 0.1, "shift": 0.5}}
WARMUP = 0.05  # of all steps
_LARGE = 16  # rows or columns
_CHUNK = 2**22  # numbers that are made float64 together

# By the names that --augment and config.json have for them.
_AUGMENTATIONS: dict[str, Callable[..., augment.Augment]] = {
    "affine": affine.random_affine,
    "flip": augment.random_horizontal_flip,
    "flip-vertical": augment.random_vertical_flip,
    "crop": augment.random_crop,
    "shift": affine.random_shift,
    "rotate": affine.random_rotation,
    "cutout": augment.random_cutout,
}
AUGMENTATIONS = tuple(name for name in _AUGMENTATIONS if name != "affine")


class Recipe(NamedTuple):
    """How to train: Adam, the learning rate warming up and falling along a cosine."""

    epochs: int
    batch_size: int
    learning_rate: float
    distortions: dict[str, dict[str, Any]]  # name of an augmentation -> its arguments

    @property
    def augment(self) -> augment.Augment | None:
        """The augmentation of each batch."""
        if not self.distortions:
            return None
        made = [_AUGMENTATIONS[name](**given) for name, given in self.distortions.items()]
        return augment.compose(*made)

    @property
    def augment_words(self) -> str:
        """How images are changed, to be told after the rest of the recipe."""
        if "affine" in self.distortions:
            return "; each image turned, scaled and moved a little"
        return f"; changed at random: {', '.join(self.distortions)}" if self.distortions else ""


def digits_recipe() -> Recipe:
    """Return what suits the built-in digits; docs/design/0006 tells how it was chosen."""
    return Recipe(epochs=30, batch_size=32, learning_rate=0.002, distortions=DIGITS_DISTORTIONS)


def general_recipe(examples: int) -> Recipe:
    """Return what suits most data: some 40,000 images seen in all, in 5 to 30 epochs."""
    epochs = min(30, max(5, 40_000 // examples))
    batch_size = 32 if examples < 10_000 else 128
    return Recipe(epochs, batch_size, learning_rate=0.002, distortions={})


def augment_names(text: str) -> tuple[str, ...]:
    """Read the option --augment: names with commas between them, or "none"."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == ("none",):
        return ()
    unknown = [name for name in names if name not in AUGMENTATIONS]
    if unknown:
        known = ", ".join(AUGMENTATIONS)
        raise argparse.ArgumentTypeError(f"must be none, or some of {known}; got {unknown[0]!r}")
    return names


def distortions(names: Sequence[str], dataset: Dataset) -> dict[str, dict[str, Any]]:
    """Choose strengths for augmentations that suit images of this size.

    What comes from outside an image is the mean of the training images, which the network's
    first layer makes 0.
    """
    side = min(dataset.input_shape[:2])
    outside = {"fill": [round(value, 6) for value in channel_moments(dataset.training.images)[0]]}
    strengths: dict[str, dict[str, Any]] = {
        "flip": {},
        "flip-vertical": {},
        "crop": {"padding": max(1, round(side / 8)), **outside},
        "shift": {"pixels": side / 10, **outside},
        "rotate": {"degrees": 15, **outside},
        "cutout": {"size": max(1, side // 4), **outside},
    }
    return {name: strengths[name] for name in names}


def network(dataset: Dataset) -> Graph:
    """Build a small network for images of any size and number of channels.

    Images of 16 rows and columns or more are first halved until they are smaller, by a
    convolution to 16 channels and a pooling each time. Then come three convolutions, to 32, 64
    and, after a pooling, 64 channels; dropout; and one dense layer.
    """
    height, width, _ = dataset.input_shape
    side = min(height, width)
    layers: list[nn.Layer] = [_normalize(dataset.training.images)]
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


def _normalize(images: NDArray[Any]) -> nn.Normalize:
    """Scale each channel to mean 0 and standard deviation 1 on the training examples."""
    mean, std = channel_moments(images)
    std[std == 0] = 1  # a channel that never changes
    return nn.Normalize(mean=tuple(mean.tolist()), std=tuple(std.tolist()))


def channel_moments(images: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and standard deviation of each channel, without a copy of all images."""
    axes = (0, 1, 2)
    mean = images.mean(axis=axes, dtype=np.float64)
    rows = max(1, _CHUNK // images[0].size)
    starts = range(0, len(images), rows)
    squares = sum(np.square(images[i : i + rows] - mean).sum(axis=axes) for i in starts)
    return mean, np.sqrt(squares / (images.size // len(mean)))
