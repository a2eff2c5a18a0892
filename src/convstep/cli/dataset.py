"""The data of a training run: where it comes from, and its three parts."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.cli import options
from convstep.cli.terminal import note
from convstep.data import digits, formats
from convstep.data.arrays import value_range
from convstep.data.files import Flaw, naming
from convstep.data.labelled import LabelledImages
from convstep.data.splits import stratified_split
from convstep.errors import argument_error

VALIDATION_FRACTION = 0.1
TEST_FRACTION = 0.2
TEST_SEED = 0  # the same test examples whatever seed trains the network
OPTIONS = ("image_size", "image_shape", "label_column")
"""What `add_arguments` adds beside DATA and --split; keywords of `convstep.data.load`."""


class Part(NamedTuple):
    """Images (N, H, W, C) and the index of each one's class."""

    images: NDArray[Any]  # of uint8 or float32
    labels: NDArray[np.intp]

    def take(self, indices: NDArray[np.intp]) -> "Part":
        """Return the part of these examples."""
        return Part(self.images[indices], self.labels[indices])


class Dataset(NamedTuple):
    """What a run trains on, chooses its best epoch by, and is judged by."""

    name: str  # a word, for the run folder
    title: str
    split: str  # how the test part was chosen
    training: Part
    validation: Part
    test: Part
    class_names: tuple[str, ...]
    value_range: tuple[float, float]

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        height, width, channels = self.training.images.shape[1:]
        return height, width, channels


def digits_dataset(split: str, seed: int) -> Dataset:
    """Take the built-in digits; `split` is one of `digits.SPLITS`."""
    images, labels = digits.load()
    everything = Part(images.astype(np.float32), labels.astype(np.intp))
    known, test = digits.split(labels, split)
    rest, chosen = stratified_split(labels[known], VALIDATION_FRACTION, seed)
    training, validation = everything.take(known[rest]), everything.take(known[chosen])
    names = tuple(str(digit) for digit in range(10))
    return Dataset(
        "digits", "UCI handwritten digits", split, training, validation, everything.take(test),
        names, digits.VALUE_RANGE,
    )  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what says which data to take."""
    add = parser.add_argument
    add("data", metavar="DATA", nargs="?", help="a file or folder (default: the built-in digits)")
    add("--split", choices=digits.SPLITS, help="how the digits' test part is chosen (stratified)")
    add("--image-size", nargs=2, type=options.count, metavar=("H", "W"),
        help="scale pictures to H by W pixels")  # fmt: skip
    add("--image-shape", nargs=3, type=options.count, metavar=("H", "W", "C"),
        help="what images are that are stored as rows of numbers")  # fmt: skip
    add("--label-column", metavar="NAME", help='of a table: "first", "last", or as its header says')


def read(args: argparse.Namespace) -> Dataset:
    """Read the data that the command line names."""
    given = {name: getattr(args, name) for name in OPTIONS if getattr(args, name) is not None}
    if args.data is None:
        for name, value in given.items():
            raise argument_error("train", f"--{name.replace('_', '-')}", "come with DATA", value)
        return digits_dataset(args.split or digits.SPLITS[0], args.seed)
    if args.split is not None:
        advice = "A test part of its own that DATA has is taken."
        raise argument_error("train", "--split", "come without DATA", args.split, advice)
    return file_dataset(args.data, args.seed, **given)


def file_dataset(path: str, seed: int, **given: Any) -> Dataset:
    """Read a file or folder; without a test part of its own, a fifth is set aside by a fixed seed.

    `given` are keywords of `convstep.data.load`.
    """
    data = formats.load(path, **given)
    _advise_on_axes(path, data.x_train.shape)
    with naming(path):
        parts, split = _parts(data, seed)
    values = formats.find(path).value_range or value_range(data.x_train)
    return Dataset(_name(path), str(path), split, *parts, data.class_names, values)


def _name(path: str) -> str:
    """Return a word for the run folder."""
    place = Path(path).resolve()
    name = place.name if place.is_dir() else Path(place.name.removesuffix(".gz")).stem
    return name or "data"


def _advise_on_axes(path: str, shape: tuple[int, ...]) -> None:
    """Say so if the channels seem to be in the place of the rows."""
    _, height, width, channels = shape
    if height in (1, 3, 4) and channels > 4:
        note(
            "train",
            f"{path}: x_train is taken as images of {height} by {width} pixels with {channels} "
            f"channels; if they are (N, C, H, W), save x_train.transpose(0, 2, 3, 1).",
        )


def _parts(data: LabelledImages, seed: int) -> tuple[tuple[Part, Part, Part], str]:
    """Choose the examples to train on, to validate on and to test on."""
    known = np.arange(len(data.y_train))
    if data.x_test is not None and data.y_test is not None:
        test, split = Part(data.x_test, data.y_test), "file"
    else:
        known, chosen = _split(known, data, TEST_FRACTION, TEST_SEED)
        test, split = Part(data.x_train, data.y_train).take(chosen), "stratified"
    training, validation = _split(known, data, VALIDATION_FRACTION, seed)
    everything = Part(data.x_train, data.y_train)  # taken from once: it may be large
    return (everything.take(training), everything.take(validation), test), split


def _split(
    indices: NDArray[np.intp], data: LabelledImages, fraction: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Set aside a part of these examples, each class in proportion."""
    labels = data.y_train[indices]
    rest, chosen = stratified_split(labels, fraction, seed)
    if len(chosen) == 0:
        raise Flaw(
            f"the training part must hold several examples of a class, to set some aside; got "
            f"{len(labels)} examples of {len(np.unique(labels))} classes"
        )
    return indices[rest], indices[chosen]
