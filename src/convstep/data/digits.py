"""The built-in set: 1,797 real handwritten digits of 8 by 8 pixels."""

from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convstep.data.splits import Indices, stratified_split, tail_split
from convstep.errors import argument_error

SPLIT_SEED = 0
TEST_FRACTION = 0.2
WRITERS_TEST = 360  # the last examples of the file: writers that the rest has hardly seen
SPLITS = ("stratified", "writers")
VALUE_RANGE = (0.0, 16.0)


class Digits(NamedTuple):
    """The images and their labels, in the order of the UCI file.

    Attributes
    ----------
    x : ndarray of uint8, shape (1797, 8, 8, 1)
        The images: ink, from 0 (paper) to 16.
    y : ndarray of uint8, shape (1797,)
        The labels: the digit, 0 to 9.
    """

    x: NDArray[np.uint8]
    y: NDArray[np.uint8]


def load() -> Digits:
    """Load the built-in set: the test part of UCI's handwritten digits.

    Returns
    -------
    digits : Digits
        ``x`` of uint8, shape (1797, 8, 8, 1), values 0 to 16; ``y`` of uint8, shape (1797,),
        values 0 to 9.

    Notes
    -----
    Alpaydin, E. & Kaynak, C. (1998). *Optical Recognition of Handwritten Digits* [Dataset].
    UCI Machine Learning Repository, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0.
    The file ``digits.txt`` beside this one holds the particulars.

    Examples
    --------
    >>> from convstep.data import digits
    >>> digits.load().x.shape
    (1797, 8, 8, 1)
    """
    source = resources.files("convstep.data") / "digits.npz"
    with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Digits(arrays["images"][..., np.newaxis], arrays["labels"])


def split(y: NDArray[np.uint8], kind: str = "stratified") -> tuple[Indices, Indices]:
    """Split the built-in set into training and test examples.

    Parameters
    ----------
    y : ndarray of uint8, shape (1797,)
        The labels that `load` returns.
    kind : str
        ``"stratified"``: 360 examples chosen at random, each digit in proportion, by a seed that
        never changes. ``"writers"``: the last 360 in file order, other people's handwriting.

    Returns
    -------
    training, test : ndarray of int
        Indices into the set, ascending.
    """
    if kind == "stratified":
        return stratified_split(y, TEST_FRACTION, SPLIT_SEED)
    if kind == "writers":
        return tail_split(len(y), WRITERS_TEST)
    raise argument_error("digits.split", "kind", f"be one of {SPLITS}", kind)
