"""Random small distortions of training images: every batch is seen a little differently."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Batch = NDArray[np.floating]
Augment = Callable[[Batch, np.random.Generator], Batch]


def random_affine(
    *, rotation: float = 0.0, zoom: float = 0.0, shear: float = 0.0, shift: float = 0.0
) -> Augment:
    """Make a function that turns, scales, slants and moves each image of a batch by a little.

    Each image draws its own values, uniformly between minus and plus the limit; pixels are
    interpolated bilinearly, and what comes from outside the image is 0.

    Parameters
    ----------
    rotation : float
        Largest angle in degrees.
    zoom : float
        Largest relative change of size, for each axis alone: 0.1 is 0.9 to 1.1 times.
    shear : float
        Largest slant, in columns per row.
    shift : float
        Largest move in pixels, for each axis alone.

    Returns
    -------
    augment : callable
        ``augment(batch, rng) -> batch`` for a batch of shape (N, H, W, C); a new array of the
        same shape and dtype, a function of the state of `rng` and nothing else.

    Examples
    --------
    >>> augment = random_affine(rotation=10, shift=1)
    >>> augment(np.ones((4, 8, 8, 1), np.float32), np.random.default_rng(0)).shape
    (4, 8, 8, 1)
    """

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        draw = rng.uniform(-1, 1, (6, len(batch)))
        angle = np.deg2rad(rotation) * draw[0]
        cos, sin = np.cos(angle), np.sin(angle)
        tall, wide = 1 + zoom * draw[1:3]
        slant = shear * draw[3]
        # Each output pixel looks up where it came from: turned, slanted, scaled, moved.
        to_row = [cos * tall, sin * wide]
        to_column = [(slant * cos - sin) * tall, (slant * sin + cos) * wide]
        return _resample(batch, np.array([to_row, to_column]), shift * draw[4:])

    return augment


def _resample(batch: Batch, matrix: NDArray[np.float64], offset: NDArray[np.float64]) -> Batch:
    """Look up row, column = matrix @ (row, column) + offset, about the centre, in each image."""
    n, height, width = batch.shape[:3]
    centre = np.array([height - 1, width - 1])[:, None, None, None] / 2
    grid = np.indices((height, width))[:, None] - centre  # (2, 1, H, W)
    source = np.einsum("ijn,jnhw->inhw", matrix, np.broadcast_to(grid, (2, n, height, width)))
    row, column = source + offset[:, :, None, None] + centre + 1  # + 1: into the padded image
    padded = np.pad(batch, ((0, 0), (1, 2), (1, 2), (0, 0)))  # outside is 0
    row, column = np.clip(row, 0, height + 1), np.clip(column, 0, width + 1)
    top, left = row.astype(np.intp), column.astype(np.intp)
    down = (row - top).astype(batch.dtype)[..., None]
    right = (column - left).astype(batch.dtype)[..., None]
    image = np.arange(n)[:, None, None]
    upper = padded[image, top, left] * (1 - right) + padded[image, top, left + 1] * right
    lower = padded[image, top + 1, left] * (1 - right) + padded[image, top + 1, left + 1] * right
    resampled: Batch = upper * (1 - down) + lower * down
    return resampled
