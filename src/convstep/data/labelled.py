"""Labelled images, whatever file they are from: the one result of all readers, and its rules."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.data.files import Flaw

Array = NDArray[Any]
ImageShape = tuple[int, int, int]

_CHUNK = 2**24  # numbers that are looked at together


class LabelledImages(NamedTuple):
    """What every reader returns.

    Attributes
    ----------
    x_train, x_test : ndarray of uint8 or float32, shape (N, H, W, C)
        The images; `x_test` is None if there is no test part. Bytes stay bytes, a quarter of the
        memory, and a model converts them batch by batch. They may be mapped from a file
        (`numpy.memmap`) and then cannot be written to.
    y_train, y_test : ndarray of int, shape (N,)
        Indices into `class_names`; `y_test` is None if there is no test part.
    class_names : tuple of str
        The classes: in the order of the data's own list, or, without one, the labels sorted.
    """

    x_train: Array
    y_train: NDArray[np.intp]
    x_test: Array | None
    y_test: NDArray[np.intp] | None
    class_names: tuple[str, ...]


class Examples(NamedTuple):
    """Images and labels as a file has them, and what messages call them."""

    x: Array
    y: Array
    x_name: str
    y_name: str


def labelled_images(
    train: Examples,
    test: Examples | None,
    class_names: Sequence[str] | None = None,
    image_shape: ImageShape | None = None,
) -> LabelledImages:
    """Check what a reader found, and bring it into the one form.

    Parameters
    ----------
    train, test : Examples
        The parts; `test` is None where there is none.
    class_names : sequence of str, optional
        What the labels are indices of. Without it, each label that occurs is a class.
    image_shape : tuple of int, optional
        (H, W, C), for images that are rows of numbers.

    Raises
    ------
    Flaw
        Names the array that breaks a rule.
    """
    x_train, y_train = _part(train, image_shape)
    x_test, y_test = (None, None) if test is None else _part(test, image_shape)
    if x_test is not None and test is not None and x_test.shape[1:] != x_train.shape[1:]:
        raise Flaw(
            f"{test.x_name} must have images of {train.x_name}'s shape {x_train.shape[1:]}; "
            f"got {x_test.shape[1:]}"
        )
    if class_names is not None:
        names = tuple(class_names)
        y_train = _indices(y_train, names, train.y_name)
        y_test = None if test is None or y_test is None else _indices(y_test, names, test.y_name)
    else:
        found = np.unique(y_train)
        y_train = np.searchsorted(found, y_train)
        if test is not None and y_test is not None:
            y_test = _places(y_test, found, test.y_name, train.y_name)
        names = tuple(str(name) for name in found)
    present = np.unique(y_train)
    if len(present) < 2:
        alone = names[int(present[0])]
        raise Flaw(f"{train.y_name} must hold two classes or more; got {alone} alone")
    return LabelledImages(x_train, y_train, x_test, y_test, names)


def checked_images(x: Array, name: str, image_shape: ImageShape | None = None) -> Array:
    """Return images as uint8 or float32 of shape (N, H, W, C), or raise what is wrong with them.

    Whole numbers from 0 to 255 become uint8, floats float32; what has its dtype already is not
    copied. With `image_shape`, flat rows get that shape, and other images must have it.

    Raises
    ------
    Flaw
        Says which rule `name` breaks.
    """
    if image_shape is not None:
        x = _shaped(x, name, image_shape)
    if x.ndim not in (3, 4):
        advice = "; --image-shape H W C (image_shape) says what rows are" if x.ndim == 2 else ""
        raise Flaw(f"{name} must have axes (N, H, W, C) or (N, H, W); got shape {x.shape}{advice}")
    if x.dtype.kind not in "biuf":
        raise Flaw(f"{name} must hold integers or floats; got {x.dtype}")
    if x.size == 0:
        raise Flaw(f"{name} must not be empty; got shape {x.shape}")
    images = _floats(x, name) if x.dtype.kind == "f" else _bytes(x, name)
    return images if x.ndim == 4 else images[..., np.newaxis]


def decoded(y: Array, name: str) -> Array:
    """Turn labels of bytes into text; leave others."""
    if y.dtype.kind != "S":
        return y
    try:
        return np.char.decode(y, "utf-8")
    except UnicodeDecodeError as error:
        raise Flaw(f"{name} must hold text in UTF-8; got {error.object!r}") from error


def _shaped(x: Array, name: str, image_shape: ImageShape) -> Array:
    """Give images the shape asked for, if that is only another way to see the same numbers."""
    height, width, channels = image_shape
    if x.shape[1:] == (height * width * channels,):
        return x.reshape(len(x), *image_shape)
    if x.shape[1:] not in (image_shape, *([(height, width)] if channels == 1 else [])):
        raise Flaw(f"{name} must fit --image-shape (image_shape) {image_shape}; got {x.shape[1:]}")
    return x


def _bytes(x: Array, name: str) -> NDArray[np.uint8]:
    if x.dtype != np.uint8 and x.dtype.kind != "b" and not 0 <= x.min() <= x.max() <= 255:
        raise Flaw(
            f"{name} must hold integers from 0 to 255, or floats; got {x.min()} to {x.max()}"
        )
    return x.astype(np.uint8, copy=False)


def _floats(x: Array, name: str) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # infinity is refused
        images = x.astype(np.float32, copy=False)
    rows = max(1, _CHUNK // max(1, images[0].size))
    chunks = (images[start : start + rows] for start in range(0, len(images), rows))
    if not all(np.isfinite(chunk).all() for chunk in chunks):
        raise Flaw(f"{name} must be finite; got NaN or infinity")
    return images


def _part(part: Examples, image_shape: ImageShape | None) -> tuple[Array, Array]:
    """Check the images and labels of one part."""
    x = checked_images(part.x, part.x_name, image_shape)
    y = part.y
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]  # (N,)
    if y.ndim != 1:
        advice = "; for one-hot rows save y.argmax(axis=1)" if y.ndim == 2 else ""
        raise Flaw(f"{part.y_name} must have one axis; got shape {y.shape}{advice}")
    if y.dtype.kind not in "biuUS":
        advice = "; save y.astype(int)" if y.dtype.kind == "f" else ""
        raise Flaw(f"{part.y_name} must hold integers or strings; got {y.dtype}{advice}")
    if len(x) != len(y):
        raise Flaw(
            f"{part.x_name} and {part.y_name} must be of one length; got {len(x)} and {len(y)}"
        )
    return x, decoded(y, part.y_name)


def _indices(y: Array, names: tuple[str, ...], name: str) -> NDArray[np.intp]:
    """Check that labels are indices of the classes."""
    if y.dtype.kind not in "biu":
        raise Flaw(f"{name} must hold indices of the classes; got {y.dtype}")
    wrong = np.flatnonzero((y < 0) | (y >= len(names)))
    if len(wrong):
        raise Flaw(
            f"{name} must hold 0 to {len(names) - 1}, for there are {len(names)} classes; "
            f"got {y[wrong[0]]} (example {wrong[0]})"
        )
    return y.astype(np.intp)


def _places(y: Array, found: Array, name: str, train_name: str) -> NDArray[np.intp]:
    """Look the test part's labels up among those of the training part."""
    if found.dtype.kind == "U" or y.dtype.kind == "U":
        found, y = found.astype(str), y.astype(str)
    order = np.argsort(found)  # as text, 10 comes before 9
    after = np.searchsorted(found, y, sorter=order).clip(max=len(found) - 1)
    places: NDArray[np.intp] = order[after]
    unknown = np.unique(y[found[places] != y])
    if len(unknown):
        shown = ", ".join(str(label) for label in unknown[:5])
        raise Flaw(f"{name} must have only labels of {train_name}; got {shown} as well")
    return places
