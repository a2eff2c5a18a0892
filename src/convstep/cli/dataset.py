"""The data of a training run: where it comes from, and its three parts."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.cli.terminal import note
from convstep.data import digits
from convstep.data.arrays import LabelledImages, load_npz, value_range
from convstep.data.splits import stratified_split
from convstep.errors import FileFormatError

VALIDATION_FRACTION = 0.1
TEST_FRACTION = 0.2
TEST_SEED = 0  # the same test examples whatever seed trains the network


class Part(NamedTuple):
    """Images (N, H, W, C) and the index of each one's class."""

    images: NDArray[np.float32]
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
    training, validation = _validation_split(everything.take(known), seed)
    names = tuple(str(digit) for digit in range(10))
    return Dataset(
        "digits", "UCI handwritten digits", split, training, validation, everything.take(test),
        names, digits.VALUE_RANGE,
    )  # fmt: skip


def npz_dataset(path: str, seed: int) -> Dataset:
    """Read an .npz file; without a test part of its own, a fifth is set aside by a fixed seed."""
    data = load_npz(path)
    _advise_on_axes(path, data.x_train.shape)
    try:
        known, test, split = _test_part(data)
        training, validation = _validation_split(known, seed)
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}.") from None
    return Dataset(
        Path(path).stem, str(path), split, training, validation, test,
        data.class_names, value_range(data.x_train),
    )  # fmt: skip


def _advise_on_axes(path: str, shape: tuple[int, ...]) -> None:
    """Say so if the channels seem to be in the place of the rows."""
    _, height, width, channels = shape
    if height in (1, 3, 4) and channels > 4:
        note(
            "train",
            f"{path}: x_train is taken as images of {height} by {width} pixels with {channels} "
            f"channels; if they are (N, C, H, W), save x_train.transpose(0, 2, 3, 1).",
        )


def _test_part(data: LabelledImages) -> tuple[Part, Part, str]:
    known = Part(data.x_train, data.y_train)
    if data.x_test is not None and data.y_test is not None:
        return known, Part(data.x_test, data.y_test), "file"
    rest, test = _split(known, TEST_FRACTION, TEST_SEED)
    return rest, test, "stratified"


def _validation_split(part: Part, seed: int) -> tuple[Part, Part]:
    return _split(part, VALIDATION_FRACTION, seed)


def _split(part: Part, fraction: float, seed: int) -> tuple[Part, Part]:
    rest, chosen = stratified_split(part.labels, fraction, seed)
    if len(chosen) == 0:
        raise FileFormatError(
            f"x_train must hold several examples of a class, to set some aside; got {len(rest)} "
            f"examples of {len(np.unique(part.labels))} classes"
        )
    return part.take(rest), part.take(chosen)
