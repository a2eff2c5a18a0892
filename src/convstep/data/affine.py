"""Augmentations that move images by parts of pixels: turned, scaled, slanted, shifted."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.data.augment import (
    Augment,
    Batch,
    Fill,
    bordered,
    checked_batch,
    checked_number,
    fill_values,
)


def random_affine(
    *,
    rotation: float = 0.0,
    zoom: float = 0.0,
    shear: float = 0.0,
    shift: float = 0.0,
    fill: Fill = 0,
) -> Augment:
    """Make a function that turns, scales, slants and moves each image of a batch by a little.

    Each image draws its own values, uniformly between minus and plus the limit; pixels are
    interpolated bilinearly.

    Parameters
    ----------
    rotation : float
        Largest angle in degrees.
    zoom : float
        Largest relative change of size, for each axis alone: 0.1 is 0.9 to 1.1 times. Below 1.
    shear : float
        Largest slant, in columns per row.
    shift : float
        Largest move in pixels, for each axis alone.
    fill : float or sequence of float
        What comes from outside the image: one number, or one for each channel.

    Returns
    -------
    augment : callable
        ``augment(batch, rng) -> batch`` for a batch of shape (N, H, W, C); a new array of the
        same shape and dtype, a function of the state of `rng` and nothing else.

    Raises
    ------
    ArgumentError
        If a limit is negative or not finite; and when it is used, if `fill` does not fit the
        batch.

    Examples
    --------
    >>> augment = random_affine(rotation=10, shift=1)
    >>> augment(np.ones((4, 8, 8, 1), np.float32), np.random.default_rng(0)).shape
    (4, 8, 8, 1)
    """
    limits = {"rotation": rotation, "zoom": zoom, "shear": shear, "shift": shift}
    return _affine("random_affine", limits, fill)


def random_rotation(degrees: float, *, fill: Fill = 0) -> Augment:
    """Make a function that turns each image about its centre, by up to so many degrees.

    `random_affine` with a rotation alone.

    Examples
    --------
    >>> augment = random_rotation(15)
    >>> augment(np.ones((4, 8, 8, 1), np.uint8), np.random.default_rng(0)).dtype
    dtype('uint8')
    """
    return _affine("random_rotation", {"degrees": degrees}, fill)


def random_shift(pixels: float, *, fill: Fill = 0) -> Augment:
    """Make a function that moves each image along both axes, by up to so many pixels or parts.

    `random_affine` with a shift alone; `random_crop` moves by whole pixels, and does not blur.

    Examples
    --------
    >>> augment = random_shift(1.5)
    >>> augment(np.ones((4, 8, 8, 1), np.float32), np.random.default_rng(0)).dtype
    dtype('float32')
    """
    return _affine("random_shift", {"pixels": pixels}, fill)


_HIGHEST = {"zoom": math.nextafter(1, 0)}  # at 1, an image would have no size


def _affine(function: str, limits: dict[str, float], fill: Fill) -> Augment:
    """Check the limits and make the function; `degrees` and `pixels` are other words for two."""
    limits = {
        name: checked_number(function, name, limit, 0, _HIGHEST.get(name, 1e6))
        for name, limit in limits.items()
    }
    rotation = limits.get("rotation", limits.get("degrees", 0.0))
    shift = limits.get("shift", limits.get("pixels", 0.0))
    zoom, shear = limits.get("zoom", 0.0), limits.get("shear", 0.0)

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        outside = fill_values(function, fill, checked_batch(function, batch))
        draw = rng.uniform(-1, 1, (6, len(batch)))
        angle = np.deg2rad(rotation) * draw[0]
        cos, sin = np.cos(angle), np.sin(angle)
        tall, wide = 1 + zoom * draw[1:3]
        slant = shear * draw[3]
        # Each output pixel looks up where it came from: turned, slanted, scaled, moved.
        to_row = [cos * tall, sin * wide]
        to_column = [(slant * cos - sin) * tall, (slant * sin + cos) * wide]
        return _resample(batch, np.array([to_row, to_column]), shift * draw[4:], outside)

    return augment


def _resample(
    batch: Batch, matrix: NDArray[np.float64], offset: NDArray[np.float64], outside: Batch
) -> Batch:
    """Look up row, column = matrix @ (row, column) + offset, about the centre, in each image."""
    n, height, width = batch.shape[:3]
    centre = np.array([height - 1, width - 1])[:, None, None, None] / 2
    grid = np.indices((height, width))[:, None] - centre  # (2, 1, H, W)
    source = np.einsum("ijn,jnhw->inhw", matrix, np.broadcast_to(grid, (2, n, height, width)))
    row, column = source + offset[:, :, None, None] + centre + 1  # + 1: into the border
    wider = bordered(batch, (1, 2, 1, 2), outside)
    row, column = np.clip(row, 0, height + 1), np.clip(column, 0, width + 1)
    top, left = row.astype(np.intp), column.astype(np.intp)
    dtype = np.result_type(batch.dtype, np.float32)
    down = (row - top).astype(dtype)[..., None]
    right = (column - left).astype(dtype)[..., None]
    image = np.arange(n)[:, None, None]
    upper = wider[image, top, left] * (1 - right) + wider[image, top, left + 1] * right
    lower = wider[image, top + 1, left] * (1 - right) + wider[image, top + 1, left + 1] * right
    resampled: Batch = upper * (1 - down) + lower * down
    return _rounded(resampled, batch.dtype)


def _rounded(images: Batch, dtype: np.dtype[Any]) -> Batch:
    """Bring images into a dtype; integers are rounded."""
    if dtype.kind == "f":
        return images.astype(dtype, copy=False)
    limits = np.iinfo(dtype)
    return np.rint(images).clip(limits.min, limits.max).astype(dtype)
