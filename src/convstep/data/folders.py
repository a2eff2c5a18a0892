"""A folder of pictures: in it a folder for each class, named after it.

::

    flowers/daisy/1.jpg           flowers/train/daisy/1.jpg    flowers/test/daisy/7.jpg
    flowers/rose/2.png            flowers/train/rose/2.png     flowers/test/rose/8.png

What begins with a dot is not looked at, nor are files that have no picture's suffix.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from convstep.data.files import Flaw, PathLike, naming
from convstep.data.images import mode_and_size, picture
from convstep.data.labelled import Examples, ImageShape, LabelledImages, labelled_images

ImageSize = tuple[int, int]

SUFFIXES = (
    *(".bmp", ".gif", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff"),
    *(".webp", ".jfif", ".jp2", ".avif"),
)  # fmt: skip
_TRAIN, _TEST = ("train", "training"), ("test", "testing", "val", "valid", "validation")
_CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_GREY = ("1", "L", "LA", "La", "F")  # and those of 16 or 32 bits, which begin with I
_SIZES_SHOWN = 3


class _Part(NamedTuple):
    """The pictures of one part and the class of each."""

    files: list[Path]
    labels: list[str]


def load_folder(
    path: PathLike, *, image_size: ImageSize | None = None, image_shape: ImageShape | None = None
) -> LabelledImages:
    """Read a data set from a folder with a folder of pictures for each class.

    Parameters
    ----------
    path : str or path
        The folder. If it holds ``train`` and ``test`` (or ``val``), these are the parts, each
        with a folder for each class; ``test`` counts before ``val``.
    image_size : tuple of int, optional
        (H, W) that every picture is scaled to, as a whole, without cropping. Without it all must
        have one size.
    image_shape : tuple of int, optional
        (H, W, C): the size, and the number of channels: 1 grey, 3 colours, 4 with transparency.
        Without it they are grey if all of the training part are, else colours.

    Returns
    -------
    data : LabelledImages
        Images of uint8; the classes are the names of the training part's folders, sorted.

    Raises
    ------
    FileFormatError
        Names the folder or the picture, and what is wrong with it.
    MissingExtraError
        If Pillow is not installed.

    Notes
    -----
    Pictures are turned upright and scaled as `read_images` does it for a trained model.
    """
    root = Path(path)
    with naming(root):
        folder, test_folder = _folders(root)
        names = [name.name for name in _class_folders(folder)]
        if not names:
            raise Flaw("it must hold a folder of pictures for each class")
        parts = [_part(folder), *([_part(test_folder)] if test_folder else [])]
        size, mode = _form(parts, image_size, image_shape)
        found = [_examples(part, mode, size, names) for part in parts]
        return labelled_images(found[0], found[1] if test_folder else None, names)


def holds_folders(root: Path) -> bool:
    """Tell whether a folder looks like a set of pictures by class."""
    folders = _class_folders(root)
    below = [deeper for folder in folders for deeper in _class_folders(folder)]
    return any(_pictures(folder) for folder in (*folders, *below))


def _folders(root: Path) -> tuple[Path, Path | None]:
    """Return the folders of the training and of the test part."""
    named = {folder.name.lower(): folder for folder in _class_folders(root)}
    train, test = (next((named[n] for n in names if n in named), None) for names in (_TRAIN, _TEST))
    return (root, None) if train is None else (train, test)


def _class_folders(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.is_dir() and path.name[0] != "."]
    return sorted(found, key=lambda path: path.name)


def _pictures(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
    return sorted(path for path in found if path.is_file() and path.name[0] != ".")


def _part(folder: Path) -> _Part:
    """List the pictures, class by class."""
    files: list[Path] = []
    labels: list[str] = []
    for class_folder in _class_folders(folder):
        found = _pictures(class_folder)
        files += found
        labels += [class_folder.name] * len(found)
    if not files:
        raise Flaw(f"there are no pictures in the folders of {folder.name}")
    return _Part(files, labels)


def _form(
    parts: Sequence[_Part], image_size: ImageSize | None, image_shape: ImageShape | None
) -> tuple[ImageSize, str]:
    """Decide on the one size and Pillow's mode of all pictures."""
    if image_shape is not None:
        mode = next((m for m, channels in _CHANNELS.items() if channels == image_shape[2]), None)
        if mode is None:
            raise Flaw(f"pictures have 1 to 4 channels; --image-shape wants {image_shape[2]}")
        return image_shape[:2], mode
    looks = [[mode_and_size(file) for file in part.files] for part in parts]
    grey = all(mode in _GREY or mode[0] == "I" for mode, _ in looks[0])
    sizes = Counter(size for part in looks for _, size in part)
    if image_size is None and len(sizes) > 1:
        common = (f"{h} by {w} ({count})" for (h, w), count in sizes.most_common(_SIZES_SHOWN))
        more = ", ..." if len(sizes) > _SIZES_SHOWN else ""
        raise Flaw(
            f"its pictures have {len(sizes)} sizes, height by width: {', '.join(common)}{more}; "
            f"--image-size H W (image_size) scales them all to one"
        )
    return image_size or next(iter(sizes)), "L" if grey else "RGB"


def _examples(part: _Part, mode: str, size: ImageSize, names: Sequence[str]) -> Examples:
    """Read the pictures of one part."""
    height, width = size
    unknown = sorted(set(part.labels) - set(names))
    if unknown:
        raise Flaw(f"the test part has a class that the training part lacks: {unknown[0]}")
    x = np.empty((len(part.files), height, width, _CHANNELS[mode]), np.uint8)
    for image, file in zip(x, part.files, strict=True):
        image[...] = np.asarray(picture(file, mode, size), np.uint8).reshape(image.shape)
    places = {name: place for place, name in enumerate(names)}
    y = np.array([places[label] for label in part.labels])
    return Examples(x, y, "the pictures", "the classes")
