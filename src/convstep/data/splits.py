"""Splits of a labelled set into two parts, the same on every machine and for every NumPy."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convstep.errors import argument_error

Indices = NDArray[np.intp]


def stratified_split(labels: ArrayLike, fraction: float, seed: int) -> tuple[Indices, Indices]:
    """Choose a part of the examples at random, each class in proportion.

    Parameters
    ----------
    labels : array_like of int, shape (m,)
        The class of each example.
    fraction : float
        The share of the examples to choose, between 0 and 1 (both excluded).
    seed : int
        Not negative; the same seed gives the same split.

    Returns
    -------
    rest, part : ndarray of int
        Indices into `labels`, ascending. `part` holds ``ceil(fraction * m)`` of them, shared out
        over the classes by largest remainder; no class gives away its last example.

    Notes
    -----
    The order comes from the raw stream of PCG64, which NumPy promises never to change (it makes
    no such promise for `Generator.permutation`), so a split can be named by its seed alone.

    Examples
    --------
    >>> rest, part = stratified_split([0, 0, 0, 0, 1, 1, 1, 1], 0.25, seed=0)
    >>> rest.shape, part.shape
    ((6,), (2,))
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise argument_error("stratified_split", "labels", "have one axis", labels.shape)
    if not 0 < fraction < 1:
        rule = "lie between 0 and 1, both excluded"
        raise argument_error("stratified_split", "fraction", rule, fraction)
    _, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    chosen = _shares(counts, fraction)
    keys = np.random.PCG64(seed).random_raw(len(labels))
    order = np.lexsort((keys, classes))  # class by class, shuffled inside each
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    in_part = rank < np.repeat(chosen, counts)
    return np.sort(order[~in_part]), np.sort(order[in_part])


def _shares(counts: Indices, fraction: float) -> Indices:
    """How many examples each class gives, by largest remainder."""
    total = math.ceil(fraction * int(counts.sum()) - 1e-9)  # 0.1 * 30 is a little over 3
    exact = counts * fraction
    shares = np.floor(exact).astype(np.intp)
    by_remainder = np.argsort(shares - exact, kind="stable")
    shares[by_remainder[: total - int(shares.sum())]] += 1
    capped: Indices = np.minimum(shares, counts - 1)
    return capped


def tail_split(count: int, tail: int) -> tuple[Indices, Indices]:
    """Take the last `tail` of `count` examples in file order as the part.

    Examples
    --------
    >>> rest, part = tail_split(5, 2)
    >>> part
    array([3, 4])
    """
    if not 0 < tail < count:
        rule = f"lie between 0 and the {count} examples, both excluded"
        raise argument_error("tail_split", "tail", rule, tail)
    everything = np.arange(count)
    return everything[:-tail], everything[-tail:]
