import hashlib
from importlib import resources

import numpy as np
import pytest

from convstep.data import digits
from convstep.errors import ArgumentError


def test_the_set_is_what_uci_publishes():
    images, labels = digits.load()
    assert images.shape == (1797, 8, 8, 1) and images.dtype == np.uint8
    assert labels.shape == (1797,) and labels.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 16)
    # "Class distribution" of optdigits.names, testing set
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    content = images.tobytes() + labels.tobytes()
    assert hashlib.sha256(content).hexdigest() == (
        "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    )


def test_the_set_equals_scikit_learns_copy():
    source = pytest.importorskip("sklearn.datasets").load_digits()
    images, labels = digits.load()
    np.testing.assert_array_equal(images[..., 0], source.images)
    np.testing.assert_array_equal(labels, source.target)


def test_source_and_licence_are_stated_beside_the_file_and_in_the_docstring():
    text = (resources.files("convstep.data") / "digits.txt").read_text(encoding="utf-8")
    for place in (text, digits.load.__doc__):
        assert "Alpaydin" in place and "CC BY 4.0" in place and "10.24432/C50P49" in place


def test_the_two_splits():
    labels = digits.load().y
    training, test = digits.split(labels, "writers")
    assert test.tolist() == list(range(1437, 1797))
    assert len(training) == 1437
    with pytest.raises(ArgumentError, match="kind must be one of"):
        digits.split(labels, "random")
