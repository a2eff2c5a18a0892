import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convstep.data import digits
from convstep.data.splits import stratified_split, tail_split
from convstep.errors import ArgumentError

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=200)


@given(LABELS, st.floats(0.01, 0.99), st.integers(0, 2**32))
def test_a_stratified_split_shares_every_class_in_proportion(labels, fraction, seed):
    labels = np.array(labels)
    rest, part = stratified_split(labels, fraction, seed)
    assert sorted([*rest, *part]) == list(range(len(labels)))
    for name in np.unique(labels):
        count = int((labels == name).sum())
        given_away = int((labels[part] == name).sum())
        assert abs(given_away - count * fraction) <= 1
        assert given_away < count


def test_a_stratified_split_takes_the_documented_number():
    rest, part = stratified_split(np.repeat([0, 1], 15), 0.1, seed=3)
    assert (len(rest), len(part)) == (27, 3)


def test_the_seed_decides_and_labels_may_be_strings():
    labels = np.repeat(["a", "b"], 50)
    first, again, other = (stratified_split(labels, 0.3, seed)[1] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_digits_split_is_the_same_for_ever():
    rest, part = digits.split(digits.load().y)
    assert (len(rest), len(part)) == (1437, 360)
    assert part[:8].tolist() == [2, 3, 11, 13, 15, 20, 21, 32]
    assert hashlib.sha256(part.astype("<i8").tobytes()).hexdigest() == (
        "daa129ae6e50b2f97b9c251b1a5d4a19c308c59f41ac1cf94a573edbf73ab889"
    )


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 2])
def test_a_fraction_outside_0_to_1_is_an_error(fraction):
    with pytest.raises(ArgumentError, match="fraction must lie between 0 and 1, both excluded"):
        stratified_split([0, 0, 1, 1], fraction, seed=0)


def test_labels_of_two_axes_are_an_error():
    with pytest.raises(ArgumentError, match="labels must have one axis"):
        stratified_split(np.zeros((3, 2)), 0.5, seed=0)


def test_the_tail_is_the_end_of_the_file():
    rest, part = tail_split(10, 3)
    assert rest.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert part.tolist() == [7, 8, 9]
    with pytest.raises(ArgumentError, match="tail must lie between 0 and the 3 examples"):
        tail_split(3, 3)
