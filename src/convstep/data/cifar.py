"""CIFAR-10 and CIFAR-100 in their binary versions.

Records lie end to end, without a header. A record is::

    CIFAR-10    1 byte      the label, 0 to 9
                3072 bytes  the image
    CIFAR-100   1 byte      the coarse label, 0 to 19
                1 byte      the fine label, 0 to 99
                3072 bytes  the image

and an image has its 32 by 32 red bytes, row by row, then the green, then the blue ones. A text
file beside them names the classes, one a line. Source: A. Krizhevsky, *The CIFAR-10 and
CIFAR-100 datasets*, https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".

==========  ====================================  ==================  =======================
set         training                              test                names
==========  ====================================  ==================  =======================
CIFAR-10    data_batch_1.bin, data_batch_2.bin..  test_batch.bin      batches.meta.txt
CIFAR-100   train.bin                             test.bin            fine_label_names.txt,
                                                                      coarse_label_names.txt
==========  ====================================  ==================  =======================
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.data.files import Flaw, PathLike, naming, require_file
from convstep.data.labelled import Examples, LabelledImages, labelled_images
from convstep.data.partners import files_in

_SIDE, _CHANNELS = 32, 3
_PIXELS = _CHANNELS * _SIDE**2
_BATCH = re.compile(r"data_batch_(\d+)\.bin", re.IGNORECASE)


class _Set(NamedTuple):
    """How one of the two sets is laid out."""

    name: str
    label_bytes: int
    label_at: int  # which of these bytes is the label that is wanted
    classes: int
    names_file: str
    test_file: str


_CIFAR10 = _Set("CIFAR-10", 1, 0, 10, "batches.meta.txt", "test_batch.bin")
_FINE = _Set("CIFAR-100", 2, 1, 100, "fine_label_names.txt", "test.bin")
_COARSE = _Set("CIFAR-100", 2, 0, 20, "coarse_label_names.txt", "test.bin")


def load_cifar(path: PathLike, *, coarse: bool = False) -> LabelledImages:
    """Read CIFAR-10 or CIFAR-100, or files laid out as theirs are.

    Parameters
    ----------
    path : str or path
        The folder, or one of the .bin files in it. All of ``data_batch_1.bin`` and on are the
        training part of CIFAR-10, ``train.bin`` that of CIFAR-100; the test part may be missing.
    coarse : bool
        Take CIFAR-100's 20 coarse labels, not its 100 fine ones.

    Returns
    -------
    data : LabelledImages
        Images of uint8, shape (N, 32, 32, 3). Without the file of names, the classes are numbers.

    Raises
    ------
    FileFormatError
        Names the file, and what is wrong with it. The Python version of the data sets is made of
        pickles, which are never unpickled.
    """
    path = Path(path)
    with naming(path):
        if not path.is_dir():
            require_file(path)
        folder = path if path.is_dir() else path.parent
        kind, training = _training_files(folder, path, _COARSE if coarse else _FINE)
        test_file = _by_name(folder).get(kind.test_file)
        train = _examples(training, kind)
        test = None if test_file is None else _examples([test_file], kind)
        return labelled_images(train, test, _class_names(folder, kind))


def holds_cifar(folder: Path) -> bool:
    """Tell whether CIFAR's files are in a folder, by their names."""
    names = _by_name(folder)
    return "train.bin" in names or any(map(_BATCH.fullmatch, names))


def holds_pickled_cifar(folder: Path) -> bool:
    """Tell whether it is the Python version of CIFAR that lies in a folder."""
    names = set(_by_name(folder))
    return "data_batch_1" in names or {"train", "meta"} <= names


def _by_name(folder: Path) -> dict[str, Path]:
    return {file.name.lower(): file for file in files_in(folder)}


def _training_files(folder: Path, path: Path, hundred: _Set) -> tuple[_Set, list[Path]]:
    """Find out which set it is and return its training files in order."""
    names = _by_name(folder)
    batches = {int(match[1]): names[match[0]] for match in map(_BATCH.fullmatch, names) if match}
    both = batches and "train.bin" in names
    if both and path.is_dir():
        raise Flaw("the folder holds both CIFAR-10 and CIFAR-100; name a .bin file of one")
    if "train.bin" in names and not (both and path.name.lower().find("batch") >= 0):
        return hundred, [names["train.bin"]]
    missing = sorted(set(range(1, max(batches, default=1) + 1)) - set(batches))
    if missing:
        raise Flaw(
            f"data_batch_{missing[0]}.bin is missing: .bin files are read as CIFAR's, "
            f"data_batch_1.bin and on, or train.bin for CIFAR-100"
        )
    return _CIFAR10, [batches[number] for number in sorted(batches)]


def _examples(files: Sequence[Path], kind: _Set) -> Examples:
    """Read the records of some files."""
    sizes = [_record_count(file, kind) for file in files]
    x = np.empty((sum(sizes), _SIDE, _SIDE, _CHANNELS), np.uint8)
    y = np.empty(len(x), np.uint8)
    start = 0
    for file, size in zip(files, sizes, strict=True):
        records = np.fromfile(file, np.uint8).reshape(size, kind.label_bytes + _PIXELS)
        planes = records[:, kind.label_bytes :].reshape(size, _CHANNELS, _SIDE, _SIDE)
        x[start : start + size] = planes.transpose(0, 2, 3, 1)  # (N, 32, 32, 3)
        y[start : start + size] = _labels(file, records, kind)
        start += size
    return Examples(x, y, files[0].name, files[0].name)


def _record_count(file: Path, kind: _Set) -> int:
    with naming(file):
        require_file(file)
        length = kind.label_bytes + _PIXELS
        count, rest = divmod(file.stat().st_size, length)
        if rest:
            raise Flaw(
                f"a file of {kind.name} must hold whole records of {length} bytes; got {count} "
                f"and {rest} bytes more, so it is cut short, or of another kind"
            )
        return count


def _labels(file: Path, records: NDArray[np.uint8], kind: _Set) -> NDArray[np.uint8]:
    """Return the labels; one out of range means that this is no file of the set."""
    labels = records[:, kind.label_at]
    wrong = np.flatnonzero(labels >= kind.classes)
    if len(wrong):
        with naming(file):
            raise Flaw(
                f"a label of {kind.name} must be 0 to {kind.classes - 1}; "
                f"got {labels[wrong[0]]} (record {wrong[0]})"
            )
    return labels


def _class_names(folder: Path, kind: _Set) -> list[str]:
    file = _by_name(folder).get(kind.names_file)
    if file is None:
        return [str(number) for number in range(kind.classes)]
    with naming(file):
        try:
            names = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
        except UnicodeDecodeError:
            raise Flaw("the names of the classes must be text in UTF-8") from None
        if len(names) != kind.classes:
            raise Flaw(f"{kind.name} must have {kind.classes} names, one a line; got {len(names)}")
        return names
