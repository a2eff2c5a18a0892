"""Random small changes to training images: every batch is seen a little differently.

An augmentation is a function ``augment(batch, rng) -> batch``: from images (N, H, W, C) to new
ones of the same shape and dtype, a function of the batch and the state of `rng` and of nothing
else. It keeps nothing from call to call, so any number of threads may call one at once, each with
a generator of its own; and where the generator is made from the number of the step, as
`Model.fit` does it, the result is the same however many threads there are.

Bytes stay bytes: what is interpolated is computed in float32 and rounded. `fill` is what comes
from outside an image: one number, or one for each channel.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.errors import argument_error, type_error

Batch = NDArray[Any]
Augment = Callable[[Batch, np.random.Generator], Batch]
Fill = float | Sequence[float]
Pair = tuple[int, int]


def compose(*augmentations: Augment) -> Augment:
    """Join augmentations to one, which applies them in order.

    Parameters
    ----------
    *augmentations : callable
        Each ``augment(batch, rng) -> batch``; all draw from the one generator, in order.

    Returns
    -------
    augment : callable

    Raises
    ------
    ArgumentError
        If one of them cannot be called.

    Examples
    --------
    >>> augment = compose(random_horizontal_flip(), random_crop(4), random_cutout(8))
    >>> augment(np.ones((2, 32, 32, 3), np.uint8), np.random.default_rng(0)).shape
    (2, 32, 32, 3)
    """
    others = [given for given in augmentations if not callable(given)]
    if others:
        raise type_error("compose", "augmentations", "be functions (batch, rng)", others[0])

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        for augmentation in augmentations:
            batch = augmentation(batch, rng)
        return batch

    return augment


def random_horizontal_flip(probability: float = 0.5) -> Augment:
    """Make a function that swaps left and right in some of the images.

    Parameters
    ----------
    probability : float
        With which an image is flipped, each by a draw of its own.

    Returns
    -------
    augment : callable

    Raises
    ------
    ArgumentError
        If `probability` is not from 0 to 1.

    Examples
    --------
    >>> image = np.array([[1, 2, 3]], np.uint8).reshape(1, 1, 3, 1)
    >>> random_horizontal_flip(1.0)(image, np.random.default_rng(0)).ravel()
    array([3, 2, 1], dtype=uint8)
    """
    return _flip("random_horizontal_flip", probability, np.s_[:, :, ::-1])


def random_vertical_flip(probability: float = 0.5) -> Augment:
    """Make a function that swaps top and bottom in some of the images.

    As `random_horizontal_flip`, for rows.
    """
    return _flip("random_vertical_flip", probability, np.s_[:, ::-1])


def random_crop(padding: int | Pair, *, fill: Fill = 0) -> Augment:
    """Make a function that cuts each image out of itself with a border around it.

    The cut has the image's own size and lies anywhere inside the border, so the image moves by
    up to `padding` whole pixels each way, by draws of its own.

    Parameters
    ----------
    padding : int or (int, int)
        Width of the border, of both axes or (rows, columns).
    fill : float or sequence of float
        What the border holds.

    Returns
    -------
    augment : callable

    Raises
    ------
    ArgumentError
        If `padding` is no whole number from 0; and when it is used, if `fill` does not fit the
        batch.

    Examples
    --------
    >>> augment = random_crop(2, fill=255)
    >>> augment(np.zeros((4, 8, 8, 1), np.uint8), np.random.default_rng(0)).shape
    (4, 8, 8, 1)
    """
    name = "random_crop"
    tall, wide = _pair(name, "padding", padding, least=0)

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        n, height, width, channels = checked_batch(name, batch).shape
        top, left = (rng.integers(0, 2 * pad, n, endpoint=True) for pad in (tall, wide))
        wider = bordered(batch, (tall, tall, wide, wide), fill_values(name, fill, batch))
        shape = (height, width, channels)
        cuts = np.lib.stride_tricks.sliding_window_view(wider, shape, axis=(1, 2, 3))
        cut: Batch = cuts[np.arange(n), top, left, 0]  # (N, H, W, C)
        return cut

    return augment


def random_cutout(size: int | Pair, *, fill: Fill = 0) -> Augment:
    """Make a function that blanks out a rectangle of each image.

    Its centre is any pixel of the image, by a draw of each image's own; what would lie outside is
    cut off.

    Parameters
    ----------
    size : int or (int, int)
        Of a side, or (rows, columns).
    fill : float or sequence of float
        What the rectangle holds.

    Returns
    -------
    augment : callable

    Raises
    ------
    ArgumentError
        If `size` is no whole number from 1; and when it is used, if `fill` does not fit the batch.

    Notes
    -----
    T. DeVries, G. W. Taylor, *Improved Regularization of Convolutional Neural Networks with
    Cutout*, 2017, arXiv:1708.04552.

    Examples
    --------
    >>> augment = random_cutout(3)
    >>> augment(np.ones((1, 9, 9, 1), np.uint8), np.random.default_rng(1)).sum()
    np.uint64(72)
    """
    name = "random_cutout"
    tall, wide = _pair(name, "size", size, least=1)

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        n, height, width, _ = checked_batch(name, batch).shape
        values = fill_values(name, fill, batch)
        rows = _covered(rng.integers(0, height, (n, 1)), tall, height)
        columns = _covered(rng.integers(0, width, (n, 1)), wide, width)
        cut = rows[:, :, np.newaxis] & columns[:, np.newaxis, :]  # (N, H, W)
        return np.where(cut[..., np.newaxis], values, batch)

    return augment


# --------------------------------------------------------------------------- what they share


def checked_batch(function: str, batch: Any) -> Batch:
    """Check that a batch is an array of numbers of shape (N, H, W, C)."""
    if not isinstance(batch, np.ndarray) or batch.dtype.kind not in "iuf":
        raise type_error(function, "batch", "be an array of integers or floats", batch)
    if batch.ndim != 4:
        raise argument_error(function, "batch", "have the shape (N, H, W, C)", batch)
    return batch


def fill_values(function: str, fill: Any, batch: Batch) -> Batch:
    """Return the fill in the batch's dtype: one number, or one for each channel."""
    try:
        values = np.asarray(fill, np.float64)
    except (TypeError, ValueError):
        values = np.array(np.nan)
    if values.shape not in ((), batch.shape[3:]) or not np.isfinite(values).all():
        rule = f"be a number, or one for each of the {batch.shape[3]} channels"
        raise argument_error(function, "fill", rule, fill)
    if batch.dtype.kind == "f":
        return values.astype(batch.dtype)
    limits = np.iinfo(batch.dtype)
    rounded = np.rint(values)
    if (rounded < limits.min).any() or (rounded > limits.max).any():
        rule = f"lie from {limits.min} to {limits.max}, as {batch.dtype} does"
        raise argument_error(function, "fill", rule, fill)
    return rounded.astype(batch.dtype)


def bordered(batch: Batch, border: tuple[int, int, int, int], values: Batch) -> Batch:
    """Put images into a border (top, bottom, left, right) of the given values."""
    top, bottom, left, right = border
    n, height, width, channels = batch.shape
    wider = np.empty((n, top + height + bottom, left + width + right, channels), batch.dtype)
    wider[...] = values
    wider[:, top : top + height, left : left + width] = batch
    return wider


def checked_number(function: str, argument: str, value: Any, least: float, most: float) -> float:
    """Check that an argument is a number between two limits."""
    number = isinstance(value, int | float | np.integer | np.floating)
    if not number or isinstance(value, bool) or not least <= value <= most:
        upper = f" to {most:g}" if most < np.inf else ""
        raise argument_error(function, argument, f"be a number from {least:g}{upper}", value)
    return float(value)


def _flip(name: str, probability: float, reverse: Any) -> Augment:
    probability = checked_number(name, "probability", probability, 0, 1)

    def augment(batch: Batch, rng: np.random.Generator) -> Batch:
        chosen = rng.random(len(checked_batch(name, batch))) < probability
        flipped = batch.copy()
        flipped[chosen] = batch[chosen][reverse]
        return flipped

    return augment


def _covered(centre: NDArray[np.int64], size: int, length: int) -> NDArray[np.bool_]:
    """Tell for each image which places along an axis its stretch covers; (N, 1) -> (N, length)."""
    start = centre - size // 2
    place = np.arange(length)
    covered: NDArray[np.bool_] = (place >= start) & (place < start + size)
    return covered


def _pair(function: str, argument: str, value: Any, least: int) -> Pair:
    """Check one whole number for both axes, or one for each."""
    pair = value if isinstance(value, tuple | list) else (value, value)
    whole = all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in pair)
    if len(pair) != 2 or not whole or min(pair) < least:
        rule = f"be a whole number from {least}, or two (rows, columns)"
        raise argument_error(function, argument, rule, value)
    return int(pair[0]), int(pair[1])
