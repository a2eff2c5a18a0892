"""Labelled images of the user's own, from one .npz file."""

import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from convstep.errors import FileFormatError

Array = NDArray[Any]
Path_ = str | os.PathLike[str]
Loaded = TypeVar("Loaded")

USUAL_RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 16.0), (0.0, 255.0))

# What NumPy and the modules below it raise for files that are not what their name says.
_DAMAGE = (ValueError, EOFError, KeyError, NotImplementedError, MemoryError, zipfile.BadZipFile,
           zlib.error)  # fmt: skip


class LabelledImages(NamedTuple):
    """What `load_npz` returns.

    Attributes
    ----------
    x_train, x_test : ndarray of float32, shape (N, H, W, C)
        The images; `x_test` is None if the file has none.
    y_train, y_test : ndarray of int, shape (N,)
        Indices into `class_names`; `y_test` is None if the file has none.
    class_names : tuple of str
        The labels as the file spells them, sorted.
    """

    x_train: NDArray[np.float32]
    y_train: NDArray[np.intp]
    x_test: NDArray[np.float32] | None
    y_test: NDArray[np.intp] | None
    class_names: tuple[str, ...]


def load_npz(path: Path_) -> LabelledImages:
    """Read a data set from one .npz file, as `numpy.savez` writes it.

    Parameters
    ----------
    path : str or path
        Holds `x_train` and `y_train`, and `x_test` and `y_test` if there is a test set. Images:
        shape (N, H, W, C) or (N, H, W); integers from 0 to 255, or finite floats. Labels: shape
        (N,); integers or strings. Other keys are not read, and nothing is ever unpickled.

    Returns
    -------
    data : LabelledImages

    Raises
    ------
    FileFormatError
        Names the file, and the array that breaks a rule.
    """

    def read(loaded: Any) -> LabelledImages:
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise FileFormatError("one array; it must be an .npz file with x_train and y_train")
        with loaded:
            return _labelled_images({key: _member(loaded, key) for key in _wanted_keys(loaded)})

    return _load(path, read)


def load_npy(path: Path_) -> Array:
    """Read one array from an .npy file; nothing is ever unpickled."""

    def read(loaded: Any) -> Array:
        if not isinstance(loaded, np.ndarray):
            loaded.close()
            raise FileFormatError("an archive of arrays; it must be one array (.npy)")
        return loaded

    return _load(path, read)


def _load(path: Path_, read: Callable[[Any], Loaded]) -> Loaded:
    """Open a file of NumPy's and read from it; every failure is one error that names the file."""
    path = Path(path)
    if not path.exists():
        raise FileFormatError(f"{path}: no such file.")
    if path.is_dir():
        raise FileFormatError(f"{path}: a folder, not a file.")
    try:
        with path.open("rb") as file:  # NumPy, given the path, leaves a damaged file open
            return read(np.load(file, allow_pickle=False))
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}.") from None
    except OSError as error:
        raise FileFormatError(f"{path}: {error.strerror or error}.") from error
    except _DAMAGE as error:
        raise FileFormatError(f"{path}: {_reason(path, error)}.") from error


def _reason(path: Path, error: Exception) -> str:
    """Why NumPy could not read the file, in this project's words."""
    if path.stat().st_size == 0:
        return "the file is empty"
    if "allow_pickle" in str(error) and "Object arrays" in str(error):
        return "it holds Python objects, which are never unpickled; save arrays of numbers"
    if "allow_pickle" in str(error):  # NumPy takes every file that it does not know for a pickle
        return "not a file of NumPy's (.npz, .npy)"
    return f"the file is damaged or cut short ({str(error) or type(error).__name__})"


def _member(archive: Any, key: str) -> Array:
    """Read one array of an archive; the error for Python objects says what to save instead."""
    try:
        found: Array = archive[key]
    except ValueError as error:
        if "Object arrays" not in str(error):
            raise
        advice = f"save {key[0]}.astype({'str' if key[0] == 'y' else 'np.float32'})"
        raise FileFormatError(
            f"{key} holds Python objects, which are never unpickled; {advice}"
        ) from None
    return found


def _wanted_keys(archive: Any) -> list[str]:
    """Return the keys to read; a missing one is an error that lists what is there."""
    present = archive.files
    test = [key for key in ("x_test", "y_test") if key in present]
    needed = ["x_train", "y_train", *(["x_test", "y_test"] if test else [])]
    missing = [key for key in needed if key not in present]
    if missing:
        there = ", ".join(present) or "nothing"
        raise FileFormatError(f"{' and '.join(missing)} missing; the file holds {there}")
    return needed


def _labelled_images(arrays: Mapping[str, Array]) -> LabelledImages:
    x_train, y_train = _part(arrays, "train")
    names, codes = np.unique(y_train, return_inverse=True)
    class_names = tuple(str(name) for name in names.astype(str))
    if len(names) < 2:
        raise FileFormatError(f"y_train must hold two classes or more; got {class_names[0]} alone")
    if "x_test" not in arrays:
        return LabelledImages(x_train, codes, None, None, class_names)
    x_test, y_test = _part(arrays, "test")
    if x_test.shape[1:] != x_train.shape[1:]:
        raise FileFormatError(
            f"x_test must have images of x_train's shape {x_train.shape[1:]}; "
            f"got {x_test.shape[1:]}"
        )
    unknown = sorted(set(y_test.astype(str)) - set(class_names))
    if unknown:
        shown = ", ".join(unknown[:5])
        raise FileFormatError(f"y_test must have only labels of y_train; got {shown} as well")
    test_codes = np.searchsorted(names, y_test.astype(names.dtype))
    return LabelledImages(x_train, codes, x_test, test_codes, class_names)


def _part(arrays: Mapping[str, Array], part: str) -> tuple[NDArray[np.float32], Array]:
    """Check the images and labels of one part."""
    x = checked_images(arrays[f"x_{part}"], f"x_{part}")
    y = arrays[f"y_{part}"]
    if y.ndim != 1:
        advice = "; for one-hot rows save y.argmax(axis=1)" if y.ndim == 2 else ""
        raise FileFormatError(f"y_{part} must have one axis; got shape {y.shape}{advice}")
    if y.dtype.kind not in "biuUS":
        advice = "; save y.astype(int)" if y.dtype.kind == "f" else ""
        raise FileFormatError(f"y_{part} must hold integers or strings; got {y.dtype}{advice}")
    if len(x) != len(y):
        raise FileFormatError(
            f"x_{part} and y_{part} must be of one length; got {len(x)} and {len(y)}"
        )
    return x, y


def checked_images(x: Array, name: str) -> NDArray[np.float32]:
    """Return images as float32 (N, H, W, C), or raise what is wrong with them."""
    if x.ndim not in (3, 4):
        raise FileFormatError(
            f"{name} must have axes (N, H, W, C) or (N, H, W); got shape {x.shape}"
        )
    if x.dtype.kind not in "biuf":
        raise FileFormatError(f"{name} must hold integers or floats; got {x.dtype}")
    if x.size == 0:
        raise FileFormatError(f"{name} must not be empty; got shape {x.shape}")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        raise FileFormatError(f"{name} must be finite; got NaN or infinity")
    if x.dtype.kind in "iu" and not 0 <= x.min() <= x.max() <= 255:
        raise FileFormatError(
            f"{name} must hold integers from 0 to 255, or floats; got {x.min()} to {x.max()}"
        )
    images: NDArray[np.float32] = x.astype(np.float32)
    return images if x.ndim == 4 else images[..., np.newaxis]


def value_range(x: Array) -> tuple[float, float]:
    """Name the range of values that the images use.

    Returns
    -------
    low, high : float
        The first of (0, 1), (-1, 1), (0, 16), (0, 255) that holds all of `x`; where none does,
        the least and the largest value.
    """
    least, largest = float(x.min()), float(x.max())
    for low, high in USUAL_RANGES:
        if low <= least and largest <= high:
            return low, high
    return least, largest
