"""The rules that all formats share; test_arrays.py has more of them, through .npz files."""

import numpy as np
import pytest
from datafiles import two_classes

from convstep.data.files import Flaw
from convstep.data.labelled import Examples, checked_images, labelled_images

X, Y = two_classes(6, (4, 5, 3))


def examples(x=X, y=Y, part="train"):
    return Examples(x, np.asarray(y), f"x_{part}", f"y_{part}")


def test_images_that_fit_are_not_copied():
    for x in (X, X.astype(np.float32)):
        assert np.shares_memory(labelled_images(examples(x), None).x_train, x)
        assert np.shares_memory(checked_images(x[..., 0], "x"), x)


@pytest.mark.parametrize("value", [1e39, -1e39, np.inf, np.nan])
def test_what_is_not_finite_in_float32_is_refused_wherever_it_is(value):
    x = np.zeros((200, 300, 300, 1))  # more than one piece of what is looked at together
    x[-1, -1, -1, 0] = value
    with pytest.raises(Flaw, match="x must be finite; got NaN or infinity"):
        checked_images(x, "x")


def test_labels_may_be_a_column():
    np.testing.assert_array_equal(labelled_images(examples(y=Y[:, None]), None).y_train, Y)


@pytest.mark.parametrize(
    "train, test, names, codes",
    [
        ([3, 10**15, 3, -7, 3, 3], [10**15, -7], ("-7", "3", "1000000000000000"), [2, 0]),
        ([9, 10, 9, 10, 9, 11], ["11", "9"], ("9", "10", "11"), [2, 0]),  # in the order of numbers
        (["9", "10", "9", "10", "9", "11"], [11, 9], ("10", "11", "9"), [1, 2]),
        ([b"a", b"\xc3\xa9", b"a", b"a", b"a", b"a"], ["é"], ("a", "é"), [1]),
        ([True, False, True, False, True, False], [True], ("False", "True"), [1]),
        (np.array([2**63, 1, 1, 1, 1, 1], np.uint64), [1], ("1", "9223372036854775808"), [0]),
    ],
)
def test_labels_of_any_kind_become_indices(train, test, names, codes):
    data = labelled_images(examples(y=train), examples(X[: len(test)], test, "test"))
    assert data.class_names == names
    assert data.y_test.tolist() == codes
    np.testing.assert_array_equal(np.array(names)[data.y_train], np.char.mod("%s", decoded(train)))


def decoded(labels):
    labels = np.asarray(labels)
    return np.char.decode(labels, "utf-8") if labels.dtype.kind == "S" else labels.astype(str)


def test_classes_that_are_listed_keep_their_places():
    test = examples(X[:2], [3, 0], "test")
    data = labelled_images(examples(), test, ["zero", "one", "two", "three"])
    assert data.class_names == ("zero", "one", "two", "three")
    np.testing.assert_array_equal(data.y_train, Y)
    assert data.y_test.tolist() == [3, 0]  # of a class without an example to train on


@pytest.mark.parametrize("y, got", [([0, 1, 2, 0, 1, 5], "2"), ([0, 1, 0, -1, 1, 5], "-1")])
def test_labels_outside_the_list_are_refused(y, got):
    message = rf"y_train must hold 0 to 1, for there are 2 classes; got {got} \(example "
    with pytest.raises(Flaw, match=message):
        labelled_images(examples(y=y), None, ["a", "b"])
    with pytest.raises(Flaw, match="must hold indices of the classes; got <U1"):
        labelled_images(examples(y=list("ababab")), None, ["a", "b"])


def test_labels_that_are_no_text_are_refused():
    with pytest.raises(Flaw, match="y_train must hold text in UTF-8"):
        labelled_images(examples(y=[b"\xff", *[b"a"] * 5]), None)


def test_rows_get_the_shape_that_is_asked_for():
    rows = examples(X.reshape(6, -1))
    np.testing.assert_array_equal(labelled_images(rows, None, None, (4, 5, 3)).x_train, X)
    np.testing.assert_array_equal(labelled_images(examples(), None, None, (4, 5, 3)).x_train, X)
    grey = labelled_images(examples(X[..., 0]), None, None, (4, 5, 1))
    np.testing.assert_array_equal(grey.x_train, X[..., :1])
    with pytest.raises(Flaw, match=r"x_train must fit --image-shape \(image_shape\) \(4, 4, 3\)"):
        labelled_images(rows, None, None, (4, 4, 3))
    with pytest.raises(Flaw, match="--image-shape H W C"):
        labelled_images(rows, None)
