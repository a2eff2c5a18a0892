import io
import pickle

import numpy as np
import pytest
from datafiles import assert_cuts_are_told

from convstep.data.arrays import load_npy, load_npy_files, load_npz, value_range
from convstep.errors import FileFormatError

X = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)
Y = np.array([0, 1])


def save(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    "stored, read",
    [("u1", "u1"), ("i8", "u1"), (">u2", "u1"), ("f8", "f4"), (">f4", "f4"), ("f2", "f4")],
)
def test_images_come_as_bytes_or_float32_nhwc(tmp_path, stored, read):
    x = X[..., 0].astype(stored)
    data = load_npz(save(tmp_path, x_train=x, y_train=Y, unrelated=np.zeros(3)))
    assert data.x_train.shape == (2, 4, 5, 1) and data.x_train.dtype == np.dtype(read)
    np.testing.assert_array_equal(data.x_train[..., 0], X[..., 0])
    assert data.x_test is None and data.y_test is None


def test_any_integers_or_strings_are_labels(tmp_path):
    data = load_npz(
        save(tmp_path, x_train=X, y_train=["pear", "fig"], x_test=X[:1], y_test=["pear"])
    )
    assert data.class_names == ("fig", "pear")
    assert data.y_train.tolist() == [1, 0]
    assert data.y_test.tolist() == [1]
    data = load_npz(save(tmp_path, x_train=X, y_train=[-1, 70], x_test=X, y_test=[70, 70]))
    assert data.class_names == ("-1", "70")
    assert data.y_test.tolist() == [1, 1]


def test_test_labels_of_a_longer_string_type_are_understood(tmp_path):
    train, test = np.array(["a", "b"], "<U1"), np.array([b"b"], "S9")
    data = load_npz(save(tmp_path, x_train=X, y_train=train, x_test=X[:1], y_test=test))
    assert data.y_test.tolist() == [1]


def with_nan():
    x = X.astype(float)
    x[0, 1, 2, 0] = np.nan
    return x


@pytest.mark.parametrize(
    "arrays, message",
    [
        ({"X": X, "y_train": Y}, "x_train missing; the file holds X, y_train"),
        ({}, "x_train and y_train missing; the file holds nothing"),
        ({"x_train": X, "y_train": Y, "x_test": X}, "y_test missing; the file holds x_train"),
        ({"x_train": X, "y_train": Y[:1]}, "must be of one length; got 2 and 1"),
        ({"x_train": X[0, 0], "y_train": Y}, r"or \(N, H, W\); got shape \(5, 3\)"),
        ({"x_train": X[:0], "y_train": Y[:0]}, r"must not be empty; got shape \(0, 4, 5, 3\)"),
        ({"x_train": with_nan(), "y_train": Y}, "x_train must be finite; got NaN or infinity"),
        ({"x_train": X * 1j, "y_train": Y}, "must hold integers or floats; got complex128"),
        ({"x_train": X.astype(int) - 9, "y_train": Y}, "from 0 to 255, or floats; got -9 to 110"),
        ({"x_train": X, "y_train": Y / 2}, r"got float64; save y\.astype\(int\)"),
        ({"x_train": X, "y_train": Y.astype(str).astype(object)},
         r"y_train holds Python objects, .* save y\.astype\(str\)"),
        ({"x_train": X, "y_train": Y * 0}, "y_train must hold two classes or more; got 0 alone"),
        ({"x_train": X, "y_train": np.eye(2)}, r"one axis; got shape \(2, 2\); .*argmax"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, 1:], "y_test": Y},
         r"x_train's shape \(4, 5, 3\); got \(3, 5, 3\)"),
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1},
         r"only labels of y_train; got 2 as well"),
    ],
)  # fmt: skip
def test_a_broken_rule_names_the_file_and_the_array(tmp_path, arrays, message):
    path = save(tmp_path, **arrays)
    with pytest.raises(FileFormatError, match=message) as caught:
        load_npz(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def truncated():
    file = io.BytesIO()
    np.savez(file, x_train=X, y_train=Y)
    return file.getvalue()[:-40]


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "the file is empty"),
        (b"hello, I am a text file", "not a file of NumPy's"),
        (pickle.dumps({"x_train": 1}), "not a file of NumPy's"),
        (truncated(), "damaged or cut short"),
        (b"PK\x03\x04 and then nonsense", "damaged or cut short"),
        (b"\x93NUMPY\x01\x00", "damaged or cut short"),
    ],
)
def test_damaged_and_foreign_files(tmp_path, content, message):
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=message):
        load_npz(path)


def test_every_cut_of_a_file_is_a_clear_error(tmp_path):
    file = io.BytesIO()
    np.savez_compressed(file, x_train=X, y_train=Y)
    path = tmp_path / "data.npz"
    for length in range(len(file.getvalue())):
        path.write_bytes(file.getvalue()[:length])
        with pytest.raises(FileFormatError):
            load_npz(path)


def test_objects_are_never_unpickled(tmp_path):
    class Bomb:
        def __reduce__(self):
            return pytest.fail, ("unpickled",)

    path = tmp_path / "data.npz"
    np.savez(path, x_train=np.array([Bomb(), None], dtype=object), y_train=Y)
    with pytest.raises(FileFormatError, match="never unpickled"):
        load_npz(path)


def test_no_file_and_a_folder_and_the_wrong_kind(tmp_path):
    with pytest.raises(FileFormatError, match=r"nothing\.npz: no such file"):
        load_npz(tmp_path / "nothing.npz")
    with pytest.raises(FileFormatError, match="a folder, not a file"):
        load_npz(tmp_path)
    np.save(tmp_path / "one.npy", X)
    with pytest.raises(FileFormatError, match=r"it must be an \.npz file with x_train and y_train"):
        load_npz(tmp_path / "one.npy")
    np.testing.assert_array_equal(load_npy(tmp_path / "one.npy"), X)
    with pytest.raises(FileFormatError, match="it must be one array"):
        load_npy(save(tmp_path, x_train=X))


@pytest.mark.parametrize(
    "values, expected",
    [([0, 1], (0, 1)), ([0.2, 0.3], (0, 1)), ([-1, 0.5], (-1, 1)), ([0, 16], (0, 16)),
     ([3, 200], (0, 255)), ([-2, 3], (-2, 3)), ([0, 1000], (0, 1000))],
)  # fmt: skip
def test_the_range_is_the_smallest_usual_one(values, expected):
    assert value_range(np.array(values)) == expected


# ------------------------------------------------------------------ .npy files


@pytest.fixture
def four(tmp_path):
    for part, count in (("train", 2), ("test", 1)):
        np.save(tmp_path / f"flowers_x_{part}.npy", X[:count])
        np.save(tmp_path / f"flowers_y_{part}.npy", np.array(["pear", "fig"])[:count])
    return tmp_path


def test_npy_files_are_found_from_each_and_from_the_folder_and_mapped(four):
    for path in (four, *four.iterdir()):
        data = load_npy_files(path)
        assert isinstance(data.x_train, np.memmap) and data.x_train.dtype == np.uint8
        np.testing.assert_array_equal(data.x_train, X)
        np.testing.assert_array_equal(data.x_test, X[:1])
        assert data.class_names == ("fig", "pear") and data.y_train.tolist() == [1, 0]
        assert data.y_test.tolist() == [1]


def test_npy_files_without_a_part_and_with_other_words(tmp_path):
    np.save(tmp_path / "images.npy", X[..., 0].astype(np.float32, order="F"))
    np.save(tmp_path / "labels.npy", Y)
    data = load_npy_files(tmp_path)
    np.testing.assert_array_equal(data.x_train[..., 0], X[..., 0])
    assert data.x_test is None


def test_every_cut_of_an_npy_file_is_told(four):
    for name in ("flowers_x_train.npy", "flowers_y_train.npy"):
        path = four / name
        assert_cuts_are_told(path, lambda: load_npy_files(four), range(path.stat().st_size))


def test_what_is_wrong_with_npy_files(four):
    images = four / "flowers_x_train.npy"
    images.write_bytes(images.read_bytes() + b"x")
    with pytest.raises(FileFormatError, match=r"x_train\.npy: 1 bytes follow the end"):
        load_npy_files(four)
    np.save(images, X[:1])
    with pytest.raises(FileFormatError, match="must be of one length; got 1 and 2"):
        load_npy_files(four)
    np.save(images, np.array([None, 1], dtype=object))
    with pytest.raises(FileFormatError, match="never unpickled"):
        load_npy_files(four)
    images.unlink()
    with pytest.raises(FileFormatError, match="the training images are missing: no file named so"):
        load_npy_files(four / "flowers_y_train.npy")
