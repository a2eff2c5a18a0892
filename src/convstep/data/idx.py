"""MNIST's IDX files, and those of its relatives (EMNIST, Fashion-MNIST, KMNIST, ...).

The layout, all numbers big-endian::

    0   2 bytes   zero
    2   1 byte    the type of the elements: 08 uint8, 09 int8, 0B int16, 0C int32, 0D float32,
                  0E float64
    3   1 byte    the number of axes, r
    4   r uint32  the length of each axis
    .   elements  in C order, up to the end of the file

So images (N, H, W) begin with 00 00 08 03 and labels (N,) with 00 00 08 01. A file may be
packed by gzip. Source: Y. LeCun, C. Cortes, C. J. C. Burges, *The MNIST database of handwritten
digits*, http://yann.lecun.com/exdb/mnist/, "File formats for the MNIST database".
"""

import math
from pathlib import Path
from typing import IO

import numpy as np

from convstep.data.files import Flaw, PathLike, naming, opened
from convstep.data.labelled import Array, Examples, ImageShape, LabelledImages, labelled_images
from convstep.data.partners import files_in, group_of, pairs_of, role

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_PIECE = 2**24  # bytes that are read together


def load_idx(path: PathLike, *, image_shape: ImageShape | None = None) -> LabelledImages:
    """Read a data set from IDX files beside each other: images and labels, packed or not.

    Parameters
    ----------
    path : str or path
        One of the files, or their folder. Names say which belong together:
        ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, and if there is a test part
        ``t10k-`` or ``test-`` of both. More words, such as EMNIST's ``emnist-letters-``, are the
        same in all, and each may end in ``.gz``.
    image_shape : tuple of int, optional
        (H, W, C) of images that are stored as rows.

    Returns
    -------
    data : LabelledImages
        Images (N, H, W) get one channel; those with four axes are (N, H, W, C).

    Raises
    ------
    FileFormatError
        Names the file, and what is wrong with it.
    """
    path = Path(path)
    with naming(path):
        if path.is_file():
            with opened(path) as file:
                _header(file)  # before partners are missed: this may be another kind of file
        elif not path.exists():
            raise Flaw("no such file")
        pairs = pairs_of(group_of(path, is_idx))
        train, test = (None if pair is None else _examples(*pair) for pair in pairs)
        assert train is not None
        return labelled_images(train, test, image_shape=image_shape)


def read_idx(path: PathLike) -> Array:
    """Read one IDX file, packed by gzip or not.

    Returns
    -------
    array : ndarray
        In the type that the file has, in the machine's byte order.

    Raises
    ------
    FileFormatError
        If the file is not there, of another kind, cut short, or longer than it says.
    """
    with opened(Path(path)) as file:
        dtype, shape = _header(file)
        wanted = math.prod(shape) * dtype.itemsize
        content = _read(file, wanted + 1)
        if len(content) != wanted:
            got = "more follow" if len(content) > wanted else f"there are {len(content)}"
            raise Flaw(f"its header promises {wanted} bytes (shape {shape}), and {got}")
        array = np.frombuffer(content, dtype).reshape(shape)
        return array.astype(dtype.newbyteorder("="), copy=False)


def is_idx(path: Path) -> bool:
    """Tell IDX files by their names."""
    words = role(path).series.split()
    return "idx" in words or "ubyte" in words


def begins_idx(start: bytes) -> bool:
    """Tell IDX files by their first four bytes."""
    return len(start) >= 4 and start[:2] == b"\0\0" and start[2] in _TYPES and 1 <= start[3] <= 4


def holds_idx(folder: Path) -> bool:
    """Tell whether there are IDX files in a folder, by their names."""
    return any(map(is_idx, files_in(folder)))


def _header(file: IO[bytes]) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    """Read type and shape."""
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0":
        raise Flaw(f"not an IDX file: it must begin with two zero bytes; got {start.hex(' ')}")
    kind, rank = start[2:]
    if kind not in _TYPES:
        raise Flaw(f"an IDX file must have a type from 08 to 0E, but 0A; got {kind:02X}")
    if not 1 <= rank <= 4:
        raise Flaw(f"an IDX file of images or labels must have 1 to 4 axes; got {rank}")
    lengths = file.read(4 * rank)
    if len(lengths) != 4 * rank:
        raise Flaw("the file is cut short, within its header")
    return np.dtype(_TYPES[kind]), tuple(np.frombuffer(lengths, ">u4").tolist())


def _read(file: IO[bytes], most: int) -> bytearray:
    """Read up to so many bytes; piece by piece, for the header may promise any number."""
    content = bytearray()
    while piece := file.read(min(_PIECE, most - len(content))):
        content += piece
    return content


def _examples(images: Path, labels: Path) -> Examples:
    x, y = read_idx(images), read_idx(labels)
    if y.ndim != 1:
        raise Flaw(f"{labels.name} must have one axis, as labels have; got shape {y.shape}")
    return Examples(x, y, images.name, labels.name)
