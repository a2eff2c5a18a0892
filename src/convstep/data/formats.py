"""`load`: the one entry to all readers, which finds out what a path holds."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from convstep.data import arrays, cifar, csv_pixels, folders, hdf5, idx
from convstep.data.files import Flaw, PathLike, beginning, foreign, naming, require_file
from convstep.data.labelled import LabelledImages
from convstep.data.partners import files_in
from convstep.errors import argument_error

_BYTES = (0.0, 255.0)
_LOOK = 300  # bytes of a file that tell what it is
_TRIED = (
    "HDF5 (.h5), IDX (...-idx3-ubyte), CIFAR's binary version (.bin), NumPy (.npz, .npy), "
    "tables of pixels (.csv), a folder of pictures for each class"
)


class Format(NamedTuple):
    """A reader, and how its files are told from others."""

    name: str
    read: Callable[..., LabelledImages]
    options: tuple[str, ...]
    starts: Callable[[bytes], bool]  # a file, by its first bytes
    named: Callable[[Path], bool]  # a file, by its name
    holds: Callable[[Path], bool]  # a folder
    value_range: tuple[float, float] | None = None
    """What black and white are, where the format says so."""


def load(
    path: PathLike,
    *,
    image_shape: tuple[int, ...] | None = None,
    image_size: tuple[int, int] | None = None,
    label_column: str | None = None,
) -> LabelledImages:
    """Read labelled images, whatever format they are in: docs/formats.md describes all of them.

    Parameters
    ----------
    path : str or path
        A file, or a folder. Files that belong to it (labels, the test part) are found beside it
        by their names.
    image_shape : tuple of int, optional
        (H, W, C), or (H, W) for one channel: what images are that are stored as rows.
    image_size : tuple of int, optional
        (H, W) that pictures are scaled to; for a folder of pictures alone.
    label_column : str, optional
        ``"first"``, ``"last"``, or a name of the header; for tables alone.

    Returns
    -------
    data : LabelledImages

    Raises
    ------
    ArgumentError
        If an option is malformed, or not one of the format's.
    FileFormatError
        If no reader knows the file, or one that does finds it damaged, cut short or mislabelled.
        It names the file, and nothing is ever unpickled or executed.
    MissingExtraError
        If h5py or Pillow is needed and not installed.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from convstep import data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     images = np.zeros((4, 6, 5, 3), np.uint8)
    ...     np.savez(f"{folder}/a.npz", x_train=images, y_train=["fig", "pear"] * 2)
    ...     flowers = data.load(f"{folder}/a.npz")
    >>> flowers.x_train.shape, flowers.y_train, flowers.class_names
    ((4, 6, 5, 3), array([0, 1, 0, 1]), ('fig', 'pear'))
    """
    given = _checked_options(image_shape, image_size, label_column)
    found = find(path)
    for name, value in given.items():
        if name not in found.options:
            known = " or ".join(f.name for f in FORMATS if name in f.options)
            raise argument_error("load", name, f"come with {known}, not {found.name}", value)
    return found.read(Path(path), **given)


def find(path: PathLike) -> Format:
    """Find out which format a file or folder has.

    Raises
    ------
    FileFormatError
        If no reader knows it.
    """
    path = Path(path)
    with naming(path):
        return _in_folder(path) if path.is_dir() else _of_file(path)


def _of_file(path: Path) -> Format:
    """Find the reader of a file: by its first bytes if they tell, else by its name."""
    require_file(path)
    start = _start(path)
    told = foreign(start)
    if told:
        raise Flaw(told)
    named = [format_ for format_ in FORMATS if format_.named(path)]
    started = [format_ for format_ in FORMATS if format_.starts(start)]
    # CIFAR's files have no beginning of their own, and may begin like others by chance.
    for found in (*[f for f in named if f.read is cifar.load_cifar], *started, *named):
        return found
    raise Flaw(f"of no format that is known; tried {_TRIED}")


def _in_folder(path: Path) -> Format:
    """Find the reader of a folder."""
    found = [format_ for format_ in FORMATS if format_.holds(path)]
    if cifar.holds_pickled_cifar(path) and not found:
        raise Flaw(
            "CIFAR's Python version, which is made of pickles, and these are never unpickled; take "
            "the binary version (cifar-10-binary.tar.gz, cifar-100-binary.tar.gz)"
        )
    if len(found) > 1:
        names = " and ".join(format_.name for format_ in found)
        raise Flaw(f"the folder holds {names}; name a file of the one you mean")
    if not found:
        raise Flaw(f"the folder holds no data that is known; tried {_TRIED}")
    return found[0]


def _start(path: Path) -> bytes:
    """Return the first bytes of a file, unpacked if gzip packed it."""
    start = beginning(path, _LOOK)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(_LOOK)
    except (OSError, EOFError, zlib.error):  # not packed, or so damaged that its reader tells
        return start


def _load_npz(path: Path, **options: Any) -> LabelledImages:
    """Read the .npz file, or the only one in a folder."""
    if path.is_dir():
        files = _npz_files(path)
        with naming(path):
            if len(files) > 1:
                names = ", ".join(file.name for file in files[:6])
                raise Flaw(f"the folder holds {len(files)} .npz files; name one: {names}")
        path = files[0]
    return arrays.load_npz(path, **options)


def _npz_files(folder: Path) -> list[Path]:
    return [path for path in files_in(folder) if _is_npz(path)]


def _is_npz(path: Path) -> bool:
    return path.suffix.lower() == ".npz"


def _is_bin(path: Path) -> bool:
    return path.suffix.lower() == ".bin"


def _never(_: object) -> bool:
    return False


FORMATS = (
    Format("HDF5 files", hdf5.load_hdf5, ("image_shape",),
           lambda start: start.startswith(hdf5.MAGIC), hdf5.is_hdf5, hdf5.holds_hdf5),
    Format(".npz files", _load_npz, ("image_shape",),
           lambda start: start.startswith(b"PK"), _is_npz, lambda path: bool(_npz_files(path))),
    Format(".npy files", arrays.load_npy_files, ("image_shape",),
           lambda start: start.startswith(b"\x93NUMPY"), arrays.is_npy,
           lambda path: any(map(arrays.is_npy, files_in(path)))),
    Format("IDX files", idx.load_idx, ("image_shape",),
           idx.begins_idx, idx.is_idx, idx.holds_idx),
    Format("CIFAR's files", cifar.load_cifar, (), _never, _is_bin, cifar.holds_cifar, _BYTES),
    Format("tables of pixels", csv_pixels.load_csv, ("image_shape", "label_column"),
           _never, csv_pixels.is_csv, csv_pixels.holds_csv),
    Format("a folder of pictures", folders.load_folder, ("image_size", "image_shape"),
           _never, _never, folders.holds_folders, _BYTES),
)  # fmt: skip


def _checked_options(
    image_shape: Any, image_size: Any, label_column: Any
) -> dict[str, tuple[int, ...] | str]:
    """Return the options that were given, checked."""
    given: dict[str, tuple[int, ...] | str] = {}
    if image_shape is not None:
        shape = _lengths("image_shape", image_shape, (2, 3), "(height, width, channels)")
        given["image_shape"] = shape if len(shape) == 3 else (*shape, 1)
    if image_size is not None:
        given["image_size"] = _lengths("image_size", image_size, (2,), "(height, width)")
    if label_column is not None:
        if not isinstance(label_column, str):
            raise argument_error("load", "label_column", "be a str", label_column)
        given["label_column"] = label_column
    return given


def _lengths(name: str, given: Any, counts: tuple[int, ...], what: str) -> tuple[int, ...]:
    try:
        lengths = tuple(int(length) for length in given)
    except (TypeError, ValueError):
        lengths = ()
    if len(lengths) not in counts or min(lengths) < 1 or lengths != tuple(given):
        raise argument_error("load", name, f"be {what}, whole numbers from 1", given)
    return lengths
