"""Labelled images in NumPy's own files: one .npz archive, or .npy files beside each other."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from convstep.data.files import Flaw, PathLike, naming, require_file
from convstep.data.labelled import Array, Examples, ImageShape, LabelledImages, labelled_images
from convstep.data.partners import group_of, pairs_of

USUAL_RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 16.0), (0.0, 255.0))

# What NumPy and the modules below it raise for files that are not what their name says.
_DAMAGE = (ValueError, EOFError, KeyError, NotImplementedError, MemoryError, zipfile.BadZipFile,
           zlib.error)  # fmt: skip


def load_npz(path: PathLike, *, image_shape: ImageShape | None = None) -> LabelledImages:
    """Read a data set from one .npz file, as `numpy.savez` writes it.

    Parameters
    ----------
    path : str or path
        Holds `x_train` and `y_train`, and `x_test` and `y_test` if there is a test set. Images:
        shape (N, H, W, C) or (N, H, W); integers from 0 to 255, or finite floats. Labels: shape
        (N,) or (N, 1); integers or strings. Other keys are not read, and nothing is ever
        unpickled.
    image_shape : tuple of int, optional
        (H, W, C) of images that are stored as rows (N, H * W * C).

    Returns
    -------
    data : LabelledImages

    Raises
    ------
    FileFormatError
        Names the file, and the array that breaks a rule.
    """
    path = Path(path)
    with naming(path), _loaded(path) as loaded:
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise Flaw("one array; it must be an .npz file with x_train and y_train")
        with loaded:
            arrays = {key: _member(loaded, key) for key in _wanted_keys(loaded)}
        train = Examples(arrays["x_train"], arrays["y_train"], "x_train", "y_train")
        test = (
            Examples(arrays["x_test"], arrays["y_test"], "x_test", "y_test")
            if "x_test" in arrays
            else None
        )
        return labelled_images(train, test, image_shape=image_shape)


def load_npy(path: PathLike) -> Array:
    """Read one array from an .npy file; nothing is ever unpickled."""
    path = Path(path)
    with naming(path), _loaded(path) as loaded:
        if not isinstance(loaded, np.ndarray):
            loaded.close()
            raise Flaw("an archive of arrays; it must be one array (.npy)")
        return loaded


def load_npy_files(path: PathLike, *, image_shape: ImageShape | None = None) -> LabelledImages:
    """Read a data set from .npy files beside each other: images and labels, one array a file.

    Parameters
    ----------
    path : str or path
        One of the files, or their folder. ``x_train.npy`` goes with ``y_train.npy``, and with
        ``x_test.npy`` and ``y_test.npy`` if they are there; ``images`` and ``labels`` do as well
        as ``x`` and ``y``, and so do names with more words (`flowers_x_train.npy`). The arrays
        are as in `load_npz`. Images of bytes or of float32 are mapped into memory, not read.
    image_shape : tuple of int, optional
        (H, W, C) of images that are stored as rows (N, H * W * C).

    Returns
    -------
    data : LabelledImages

    Raises
    ------
    FileFormatError
        Names the file, and what is wrong with it.
    """
    path = Path(path)
    with naming(path):
        if not path.is_dir():
            require_file(path)
        pairs = pairs_of(group_of(path, is_npy))
        train, test = (None if pair is None else _examples(*pair) for pair in pairs)
        assert train is not None
        return labelled_images(train, test, image_shape=image_shape)


def is_npy(path: Path) -> bool:
    """Tell an .npy file by its name."""
    return path.suffix.lower() == ".npy"


def _examples(images: Path, labels: Path) -> Examples:
    return Examples(_mapped(images), load_npy(labels), images.name, labels.name)


def _mapped(path: Path) -> Array:
    """Map an .npy file into memory; read-only."""
    with naming(path), _damage_told(path):
        require_file(path)
        array = np.lib.format.open_memmap(path, mode="r")
        surplus = path.stat().st_size - array.offset - array.nbytes
        if surplus:
            raise Flaw(f"{surplus} bytes follow the end of its array")
        return array


@contextmanager
def _loaded(path: Path) -> Iterator[Any]:
    """Give what `numpy.load` makes of a file, while the file is open."""
    require_file(path)
    with _damage_told(path), path.open("rb") as file:
        # NumPy, given the path, leaves a damaged file open.
        yield np.load(file, allow_pickle=False)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Tell in this project's words why NumPy could not read the file."""
    try:
        yield
    except Flaw:
        raise
    except _DAMAGE as error:
        raise Flaw(_reason(error)) from error


def _reason(error: Exception) -> str:
    text = str(error)
    if "Object arrays" in text or "Python objects" in text:
        return "it holds Python objects, which are never unpickled; save arrays of numbers"
    # NumPy takes every file that it does not know for a pickle.
    if "allow_pickle" in text or "magic string" in text:
        return "not a file of NumPy's (.npz, .npy)"
    return f"the file is damaged or cut short ({text or type(error).__name__})"


def _member(archive: Any, key: str) -> Array:
    """Read one array of an archive; the error for Python objects says what to save instead."""
    try:
        found: Array = archive[key]
    except ValueError as error:
        if "Object arrays" not in str(error):
            raise
        advice = f"save {key[0]}.astype({'str' if key[0] == 'y' else 'np.float32'})"
        raise Flaw(f"{key} holds Python objects, which are never unpickled; {advice}") from None
    return found


def _wanted_keys(archive: Any) -> list[str]:
    """Return the keys to read; a missing one is an error that lists what is there."""
    present = archive.files
    test = [key for key in ("x_test", "y_test") if key in present]
    needed = ["x_train", "y_train", *(["x_test", "y_test"] if test else [])]
    missing = [key for key in needed if key not in present]
    if missing:
        there = ", ".join(present) or "nothing"
        raise Flaw(f"{' and '.join(missing)} missing; the file holds {there}")
    return needed


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
