import sys

import numpy as np
import pytest
from datafiles import assert_cuts_are_told, two_classes, write_hdf5

from convstep.data import load_hdf5
from convstep.errors import FileFormatError, MissingExtraError

pytest.importorskip("h5py")
X, Y = two_classes(8, (6, 5, 3))
X_TEST, Y_TEST = two_classes(3, (6, 5, 3), seed=1)
CATS = np.array([b"non-cat", b"caf\xc3\xa9"])


@pytest.fixture
def cats(tmp_path):
    """A pair as the lesson has it: labels in one file (1, m), in the other (m,)."""
    write_hdf5(tmp_path / "train_cats.h5", train_set_x=X, train_set_y=Y[None], list_classes=CATS)
    write_hdf5(tmp_path / "test_cats.h5", test_set_x=X_TEST, test_set_y=Y_TEST, list_classes=CATS)
    return tmp_path


def test_the_lessons_pair_from_the_folder_and_from_either_file(cats):
    for path in (cats, *cats.iterdir()):
        data = load_hdf5(path)
        np.testing.assert_array_equal(data.x_train, X)
        np.testing.assert_array_equal(data.x_test, X_TEST)
        np.testing.assert_array_equal(data.y_train, Y)
        np.testing.assert_array_equal(data.y_test, Y_TEST)
        assert data.class_names == ("non-cat", "café") and data.x_train.dtype == np.uint8


def test_one_file_may_hold_all_and_names_of_numpys_do(tmp_path):
    path = write_hdf5(tmp_path / "all.hdf5", x_train=X[..., 0] / 255, y_train=Y * 10**12,
                      x_test=X_TEST[..., 0] / 255, y_test=Y_TEST * 10**12)  # fmt: skip
    data = load_hdf5(path)
    assert data.x_train.shape == (8, 6, 5, 1) and data.x_train.dtype == np.float32
    assert data.class_names == ("0", "1000000000000")
    np.testing.assert_array_equal(data.y_test, Y_TEST)


def test_labels_as_text(tmp_path):
    path = write_hdf5(tmp_path / "a.h5", x_train=X, y_train=["fig", "pear"] * 4)
    assert load_hdf5(path).class_names == ("fig", "pear")


@pytest.mark.parametrize(
    "listed, y, names, codes",
    [
        ([0, 1, 2], Y, ("0", "1", "2"), Y),  # class 2 without an example
        ([1, 2], Y + 1, ("1", "2"), Y),  # the labels themselves, not indices
        ([7, 8], Y, ("7", "8"), Y),
        (["a", "b"], Y, ("a", "b"), Y),
    ],
)
def test_lists_of_classes(tmp_path, listed, y, names, codes):
    path = write_hdf5(tmp_path / "a.h5", train_set_x=X, train_set_y=y, list_classes=listed)
    data = load_hdf5(path)
    assert data.class_names == names
    np.testing.assert_array_equal(data.y_train, codes)


def test_lazy_images_stay_in_the_file(cats):
    import h5py

    data = load_hdf5(cats / "train_cats.h5", lazy=True)
    assert isinstance(data.x_train, h5py.Dataset) and isinstance(data.x_test, h5py.Dataset)
    np.testing.assert_array_equal(data.x_train[2:5], X[2:5])
    np.testing.assert_array_equal(data.y_train, Y)
    assert data.class_names == ("non-cat", "café")


def test_lazy_data_of_the_wrong_kind_are_told(tmp_path):
    path = write_hdf5(tmp_path / "a.h5", x_train=X[..., 0], y_train=Y)
    with pytest.raises(FileFormatError, match=r"axes \(N, H, W, C\) to stay"):
        load_hdf5(path, lazy=True)
    path = write_hdf5(tmp_path / "a.h5", x_train=X * 1j, y_train=Y)
    with pytest.raises(FileFormatError, match="integers or floats; got complex128"):
        load_hdf5(path, lazy=True)
    path = write_hdf5(tmp_path / "a.h5", x_train=X, y_train=Y[:-1])
    with pytest.raises(FileFormatError, match="one length; got 8 and 7"):
        load_hdf5(path, lazy=True)


def test_cuts_are_told(cats):
    path = cats / "train_cats.h5"
    size = path.stat().st_size
    assert_cuts_are_told(path, lambda: load_hdf5(path), [*range(0, size, 61), size - 1])


def test_damage_inside_is_told_or_does_no_harm(cats):
    path = cats / "train_cats.h5"
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 150):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            load_hdf5(path)
        except FileFormatError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize(
    "datasets, message",
    [
        ({"train_set_x": X}, r"train_set_y \(y_train\) missing, here and in a file beside it"),
        ({"images": X}, r"train_set_x \(x_train\) and train_set_y \(y_train\) missing"),
        ({"train_set_x": X, "train_set_y": Y, "test_set_y": Y}, r"test_set_x \(x_test\) missing"),
        ({"train_set_x": X, "train_set_y": Y[1:]}, "must be of one length; got 8 and 7"),
        ({"train_set_x": X, "train_set_y": Y * 3, "list_classes": CATS},
         r"train_set_y must hold 0 to 1, for there are 2 classes; got 3 \(example 1\)"),
        ({"train_set_x": X, "train_set_y": Y - 1, "list_classes": CATS}, r"got -1 \(example 0\)"),
        ({"train_set_x": X, "train_set_y": Y / 2}, "must hold integers or strings; got float64"),
        ({"train_set_x": X, "train_set_y": Y, "test_set_x": X[:, 1:], "test_set_y": Y},
         "test_set_x must have images of train_set_x's shape"),
        ({"train_set_x": X, "train_set_y": Y, "list_classes": np.array([b"\xff", b"b"])},
         "list_classes must hold text in UTF-8"),
        ({"train_set_x/deeper": X, "train_set_y": Y}, "train_set_x must be a data set"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(tmp_path, datasets, message):
    path = write_hdf5(tmp_path / "a.h5", **datasets)
    with pytest.raises(FileFormatError, match=message) as caught:
        load_hdf5(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_lone_test_file_and_parts_that_differ(cats):
    write_hdf5(cats / "test_cats.h5", test_set_x=X_TEST, test_set_y=Y_TEST, list_classes=[b"a"])
    with pytest.raises(FileFormatError, match="its classes are not those of the other part"):
        load_hdf5(cats)
    (cats / "train_cats.h5").unlink()
    with pytest.raises(FileFormatError, match=r"test_cats\.h5: train_set_x \(x_train\) and"):
        load_hdf5(cats / "test_cats.h5")


def test_without_h5py_it_says_what_to_install(cats, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'convstep\[hdf5\]'"):
        load_hdf5(cats)
