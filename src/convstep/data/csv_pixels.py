"""Tables of pixels: one image a line, its label in one column, its pixels in the others.

So Kaggle has MNIST (``train.csv``, a header, the column `label` first) and others do
(``mnist_train.csv`` and ``mnist_test.csv``, no header, labels first). The pixels of an image go
row by row, and the channels of a pixel side by side: (H, W, C) in C order. Columns are parted by
commas, semicolons, tabs or spaces. The file may be packed by gzip.
"""

import csv
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from convstep.data.files import Flaw, PathLike, naming, opened, require_file
from convstep.data.labelled import Array, Examples, ImageShape, LabelledImages, labelled_images
from convstep.data.partners import files_in, group_of
from convstep.errors import FileFormatError

_SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t "
_LABEL_NAMES = ("label", "labels", "class", "target", "y", "category")
_NO_PIXELS = ("", "id", "index", "unnamed: 0")  # the first is how pandas writes its index
_AT = re.compile(r" at row (\d+), column (\d+)\.?$")


class _Layout(NamedTuple):
    """Where things are in a table."""

    delimiter: str
    header: list[str] | None
    columns: int
    label: int | None  # None if the header names no label
    not_pixels: list[int]
    guessed: bool  # nothing but custom says that the labels come first


def load_csv(
    path: PathLike, *, image_shape: ImageShape | None = None, label_column: str | None = None
) -> LabelledImages:
    """Read a data set from a table of pixels, and from the test part's table beside it.

    Parameters
    ----------
    path : str or path
        The table: with ``train`` or ``test`` in its name, the other part is looked for beside
        it; one whose header names no label, such as Kaggle's ``test.csv``, is no test part.
        Or a folder with one such set.
    image_shape : tuple of int, optional
        (H, W, C). Without it images are square: grey if the number of pixels is a square, of
        three channels if a third of it is.
    label_column : str, optional
        ``"first"``, ``"last"``, or a name of the header. Without it the column that the header
        calls `label` (or `class`, `target`, `y`, `category`); without a header the first, or the
        last if that alone is not of numbers.

    Returns
    -------
    data : LabelledImages
        Images of uint8 if all pixels are whole numbers from 0 to 255, else of float32.

    Raises
    ------
    FileFormatError
        Names the file, and the line that breaks a rule.
    """
    path = Path(path)
    with naming(path):
        if not path.is_dir():
            require_file(path)
        group = {part: file for (part, _), file in group_of(path, is_csv).items()}
        first = group.get("train") or group.get("") or group["test"]
        train = _examples(first, label_column, image_shape)
        if train is None:
            names = ", ".join(_LABEL_NAMES)
            raise Flaw(
                f"the header of {first.name} names no column of labels ({names}); "
                f"--label-column NAME (label_column) does"
            )
        second = group.get("test", first)
        test = None if second is first else _examples(second, label_column, image_shape)
        return labelled_images(train, test, image_shape=image_shape)


def is_csv(path: Path) -> bool:
    """Tell a table by its name."""
    return path.name.lower().removesuffix(".gz").endswith(_SUFFIXES[:2])


def holds_csv(folder: Path) -> bool:
    """Tell whether there are tables in a folder, by their names."""
    return any(map(is_csv, files_in(folder)))


def _examples(path: Path, label: str | None, image_shape: ImageShape | None) -> Examples | None:
    """Read one table; None if its header names no label."""
    with naming(path):
        layout = _layout(path, label)
        if layout.label is None:
            return None
        labels, table = _read(path, layout)
        pixels = np.delete(table, [layout.label, *layout.not_pixels], axis=1)
        shape = image_shape or _square(pixels.shape[1])
        if math.prod(shape) != pixels.shape[1]:
            raise Flaw(
                f"--image-shape (image_shape) {shape} takes {math.prod(shape)} columns of pixels; "
                f"there are {pixels.shape[1]}"
            )
        y = _labels(labels)
        if layout.guessed and (y.dtype.kind == "U" or len(np.unique(y)) < 2):
            raise Flaw(
                "the first column was taken for the labels, and does not look like them: it holds "
                f"{labels[0]}, ...; --label-column last (label_column) takes the last"
            )
        x = pixels.reshape(len(pixels), *shape)  # (N, H, W, C)
        return Examples(x, y, f"the pixels of {path.name}", f"the labels of {path.name}")


def _layout(path: Path, label: str | None) -> _Layout:
    """Look at the first line."""
    with _text(path) as file:
        line = next((line for line in file if line.strip()), "")
    delimiter = max(_DELIMITERS, key=line.strip().count)
    cells = [cell.strip() for cell in next(csv.reader([line.strip("\r\n")], delimiter=delimiter))]
    if len(cells) < 3:
        raise Flaw("not a table of pixels: its first line must have a label and two pixels or more")
    header = cells if _is_header(cells, label) else None
    at, guessed = _label_at(cells, header, label)
    others = [i for i, name in enumerate(header or ()) if i != at and name.lower() in _NO_PIXELS]
    return _Layout(delimiter, header, len(cells), at, others, guessed)


def _is_header(cells: list[str], label: str | None) -> bool:
    """Tell names from an image: several words, the name of the label, or 0, 1, 2, ..."""
    words = [cell for cell in cells if not _is_number(cell)]
    named = label in cells or any(word.lower() in _LABEL_NAMES for word in words)
    return len(words) > 1 or named or cells == [str(i) for i in range(len(cells))]


def _label_at(
    cells: list[str], header: list[str] | None, label: str | None
) -> tuple[int | None, bool]:
    """Return the column of the labels, and whether that is a guess."""
    ends = {"first": 0, "last": len(cells) - 1}
    if label is not None:
        if header and label in header:
            return header.index(label), False
        if label not in ends:
            there = f"its header has {', '.join(header[:6])}, ..." if header else "it has no header"
            raise Flaw(f"there is no column {label!r} (--label-column, label_column): {there}")
        return ends[label], False
    if header and not all(map(_is_number, header)):
        named = [i for i, name in enumerate(header) if name.lower() in _LABEL_NAMES]
        return (named[0] if named else None), False
    if not _is_number(cells[0]):
        return 0, False
    return (0, True) if _is_number(cells[-1]) else (len(cells) - 1, False)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read(path: Path, layout: _Layout) -> tuple[list[str], Array]:
    """Read the labels as text and the whole table as numbers: bytes, or else floats."""
    try:
        return _numbers(path, layout, np.dtype(np.uint8))
    except FileFormatError:
        return _numbers(path, layout, np.dtype(np.float32))


def _numbers(path: Path, layout: _Layout, dtype: np.dtype[np.generic]) -> tuple[list[str], Array]:
    labels: list[str] = []

    def keep_label(cell: str) -> int:
        labels.append(cell.strip())
        return 0

    skipped = 0 if layout.header is None else 1
    converters: dict[int | str, Callable[[str], int]]
    converters = dict.fromkeys(layout.not_pixels, lambda cell: 0)
    converters |= {} if layout.label is None else {layout.label: keep_label}
    with _text(path) as file, warnings.catch_warnings(action="error"):
        try:
            table = np.loadtxt(
                file, dtype, delimiter=layout.delimiter, converters=converters,
                comments=None, quotechar='"', skiprows=skipped, ndmin=2, encoding=None,
            )  # fmt: skip
        except UnicodeDecodeError:
            raise
        except (ValueError, DeprecationWarning, UserWarning) as error:
            raise Flaw(_reason(error, skipped)) from None
    if table.shape[1] != layout.columns:
        raise Flaw(f"the header has {layout.columns} columns, and the lines {table.shape[1]}")
    return labels, table


def _reason(error: Exception, skipped: int) -> str:
    """What is wrong with a line, counted from 1 as editors do."""
    text = str(error).partition(";")[0]
    if "no data" in text:
        return "there are no images in it"
    at = _AT.search(text)
    if at is None:
        return f"the table is damaged or cut short ({text})"
    # NumPy counts lines of data from 0 where it reads a number, columns from 1.
    where = f"line {int(at[1]) + 1 + skipped}, column {at[2]}"
    return f"{where}: {text[: at.start()]}"


def _labels(cells: list[str]) -> Array:
    """Take labels for whole numbers if all are, else for words."""
    try:
        whole = np.array([int(cell) for cell in cells])
    except ValueError:
        pass
    else:
        return whole if whole.dtype.kind == "i" else np.array(cells)  # too large for integers
    if not all(map(_is_number, cells)):
        return np.array(cells)
    wrong = [cell for cell in cells if not float(cell).is_integer()]
    if wrong:
        raise Flaw(f"labels must be whole numbers, or words; got {wrong[0]}")
    return np.array([int(float(cell)) for cell in cells])  # 3.0, as pandas may write


def _square(pixels: int) -> ImageShape:
    """Guess the shape of a square image."""
    for channels in (1, 3):
        side = math.isqrt(pixels // channels)
        if channels * side**2 == pixels:
            return side, side, channels
    raise Flaw(
        f"{pixels} columns of pixels make no square image, grey or of three channels; "
        f"--image-shape H W C (image_shape) says what they make"
    )


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """Open a table as text."""
    with opened(path) as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        try:
            yield text
        except UnicodeDecodeError as error:
            raise Flaw("not a table: it must be text in UTF-8") from error
        except csv.Error as error:
            raise Flaw(f"not a table: {error}") from error
