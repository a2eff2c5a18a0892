"""Images from files, in the shape and the range of values that a model was trained with."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from convstep.data.arrays import load_npy
from convstep.data.files import naming
from convstep.data.labelled import checked_images
from convstep.errors import FileFormatError, MissingExtraError

if TYPE_CHECKING:
    from PIL import Image

Images = NDArray[np.float32]
Shape = tuple[int, int, int]

_ORIENTATION, _ON_ITS_SIDE = 0x0112, range(5, 9)  # EXIF's tag, and turns by a quarter
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}  # channels -> Pillow's mode


def read_images(
    path: str | os.PathLike[str],
    input_shape: Shape,
    value_range: tuple[float, float] | None,
    *,
    invert: bool = False,
) -> Images:
    """Read the images of one file for a model.

    Parameters
    ----------
    path : str or path
        An image (PNG, JPEG, and whatever else Pillow reads) or an .npy array.
    input_shape : tuple of int
        The model's (H, W, C).
    value_range : tuple of float or None
        What black and white were in the training data: 0 and 255 of an image map onto these.
        Without it, None, there are arrays alone, and no `invert`.
    invert : bool
        Swap dark and light, for dark ink on white paper where the model learned light on dark.

    Returns
    -------
    images : ndarray of float32, shape (N, H, W, C)

    Raises
    ------
    FileFormatError
        Names the file and the reason.
    MissingExtraError
        An image, and Pillow is not installed.

    Notes
    -----
    An image is turned upright (EXIF), laid on white where it is transparent, changed to the
    model's number of channels, and scaled to its size as a whole, without cropping: each pixel is
    the mean of the area that it covers. An array is taken as it is: in the units of the training
    data, one example or a batch, of the model's height and width.
    """
    path = Path(path)
    is_array = path.suffix.lower() == ".npy"
    if is_array and not invert:
        return _from_array(path, input_shape)
    if value_range is None:
        raise FileFormatError(
            f"{path}: the model does not say which values black and white had in its training "
            'images; set model.metadata["value_range"] = [0, 255], or whatever they were, and '
            "save it again."
        )
    if is_array:
        images = _from_array(path, input_shape)
    else:
        images = _from_picture(path, input_shape, value_range)
    return value_range[0] + value_range[1] - images if invert else images


def edge_value(images: Images) -> float:
    """Return the mean of the pixels along the edge: what the background looks like."""
    inner = images[:, 1:-1, 1:-1]
    total = float(images.sum(dtype=np.float64) - inner.sum(dtype=np.float64))
    return total / (images.size - inner.size)


def _from_array(path: Path, input_shape: Shape) -> Images:
    array = load_npy(path)
    height, width, channels = input_shape
    one = [(height, width, channels), *([(height, width)] if channels == 1 else [])]
    if array.shape in one:
        array = array.reshape(1, *input_shape)
    elif array.size and array.shape[1:] in one:
        array = array.reshape(-1, *input_shape)
    else:
        raise FileFormatError(
            f"{path}: the model takes images of shape {input_shape}, one or a batch; "
            f"got shape {array.shape}."
        )
    with naming(path):
        return checked_images(array, "the array").astype(np.float32, copy=False)


def _from_picture(path: Path, input_shape: Shape, value_range: tuple[float, float]) -> Images:
    height, width, channels = input_shape
    if channels not in _MODES:
        raise FileFormatError(
            f"{path}: the model takes {channels} channels, and a picture has 1 to 4; "
            f"use an .npy array."
        )
    if not path.is_file():
        reason = "a folder, not a file" if path.is_dir() else "no such file"
        raise FileFormatError(f"{path}: {reason}.")
    image = picture(path, _MODES[channels], (height, width))
    low, high = value_range
    pixels: Images = np.asarray(image, dtype=np.float32).reshape(1, height, width, channels)
    return low + (high - low) * (pixels / np.float32(255))


def picture(path: Path, mode: str, size: tuple[int, int]) -> "Image.Image":
    """Read a picture in a mode of Pillow's, scaled to (height, width).

    Raises
    ------
    FileFormatError
        Whatever fails; it names the file.
    """
    height, width = size
    pillow = _pillow()
    with _failures_told(path):
        return _open_upright(path).convert(mode).resize((width, height), pillow.Resampling.BOX)


def mode_and_size(path: Path) -> tuple[str, tuple[int, int]]:
    """Return Pillow's mode of a picture and its (height, width) when upright; decode nothing.

    Raises
    ------
    FileFormatError
        If it is not a picture; it names the file.
    """
    pillow = _pillow()
    with _failures_told(path), pillow.open(path) as image:
        width, height = image.size
        turned = image.getexif().get(_ORIENTATION) in _ON_ITS_SIDE
        return image.mode, (width, height) if turned else (height, width)


@contextmanager
def _failures_told(path: Path) -> Iterator[None]:
    """Turn whatever reading a picture raises into one error that names the file."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it is read, or it is not
            yield
    except _pillow().UnidentifiedImageError:
        raise FileFormatError(f"{path}: not an image that can be read.") from None
    except Exception as error:  # a damaged file makes Pillow's decoders raise what they like
        reason = str(error) or type(error).__name__
        raise FileFormatError(
            f"{path}: the image is damaged, too large or of an unusual kind ({reason})."
        ) from error


def _open_upright(path: Path) -> "Image.Image":
    """Open an image, decode all of it, turn it upright, and lay it on white."""
    from PIL import ImageOps

    pillow = _pillow()
    with pillow.open(path) as file:
        image: Image.Image = ImageOps.exif_transpose(file)
    if image.mode.startswith("I"):  # 16 bits per pixel, which Pillow's convert() would clip
        image = pillow.fromarray((np.asarray(image) / 257).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        paper = pillow.new("RGBA", image.size, "white")
        image = pillow.alpha_composite(paper, image.convert("RGBA"))
    return image


def _pillow() -> ModuleType:
    """Pillow's Image module: the one place that says what to install."""
    try:
        from PIL import Image
    except ImportError:
        raise MissingExtraError(
            "reading images needs Pillow: pip install 'convstep[images]'"
        ) from None
    return Image
