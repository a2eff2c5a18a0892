"""Arrays of the cases: drawn from a seed, and of numbers that float32 keeps exactly."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


def _small(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Quarters from -3 to 3 without zero."""
    quarters = rng.integers(1, 13, shape) * rng.choice([-1, 1], shape)
    drawn: Array = quarters / 4.0
    return drawn


def _distinct(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """No number twice, about half of them negative."""
    size = math.prod(shape)
    return ((rng.permutation(size) - size // 2) / 4.0 + 0.125).reshape(shape)


def _negative(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """No number twice, all of them below zero."""
    return -(rng.permutation(math.prod(shape)) / 4.0 + 0.5).reshape(shape)


def _ties(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """So few different numbers that most windows have their maximum twice."""
    return rng.integers(1, 3, shape) / 2.0


def _large(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return _distinct(rng, shape) * 4096.0


def _float32(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return _distinct(rng, shape).astype(np.float32)


KINDS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Array]] = {
    "small": _small,
    "distinct": _distinct,
    "negative": _negative,
    "ties": _ties,
    "large": _large,
    "float32": _float32,
}


def draw(kind: str, seed: int, *shapes: tuple[int, ...]) -> list[Array]:
    """Arrays of these shapes; the same ones whenever they are asked for."""
    rng = np.random.default_rng([seed, *(size for shape in shapes for size in shape)])
    return [KINDS[kind](rng, shape) for shape in shapes]
