import gzip

import numpy as np
import pytest
from datafiles import assert_cuts_are_told, idx, two_classes, write_idx, write_mnist

from convstep.data import load_idx, read_idx
from convstep.errors import FileFormatError

TRAIN, TEST = two_classes(12, (5, 7)), two_classes(4, (5, 7), seed=1)


def test_the_bytes_of_the_source_are_read(tmp_path):
    """Written out by hand: two images of 2 by 3."""
    header = "00 00 08 03  00 00 00 02  00 00 00 02  00 00 00 03"
    path = tmp_path / "a"
    path.write_bytes(bytes.fromhex(header) + bytes(range(12)))
    np.testing.assert_array_equal(read_idx(path), np.arange(12, dtype=np.uint8).reshape(2, 2, 3))


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (2, 3, 4, 2)])
@pytest.mark.parametrize("name", ["a", "a.gz"])
def test_every_type_and_rank(tmp_path, dtype, shape, name):
    array = (np.arange(np.prod(shape)) * 3 - 20).reshape(shape).astype(dtype)
    found = read_idx(write_idx(tmp_path / name, array))
    np.testing.assert_array_equal(found, array)
    assert found.dtype == np.dtype(dtype) and found.dtype.isnative


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("before", ["", "emnist-letters-"])
def test_the_four_files_are_found_from_each_and_from_the_folder(tmp_path, end, before):
    write_mnist(tmp_path, TRAIN, TEST, end=end, before=before)
    for path in (tmp_path, *tmp_path.iterdir()):
        data = load_idx(path)
        assert data.x_train.dtype == np.uint8 and data.x_train.shape == (12, 5, 7, 1)
        np.testing.assert_array_equal(data.x_train[..., 0], TRAIN[0])
        np.testing.assert_array_equal(data.x_test[..., 0], TEST[0])
        np.testing.assert_array_equal(data.y_train, TRAIN[1])
        np.testing.assert_array_equal(data.y_test, TEST[1])


def test_names_with_dots_and_images_of_several_channels(tmp_path):
    x, y = two_classes(6, (4, 3, 2))
    write_idx(tmp_path / "train-images.idx4-ubyte", x)
    write_idx(tmp_path / "train-labels.idx1-ubyte", y.astype(np.uint8) + 1)
    data = load_idx(tmp_path)
    np.testing.assert_array_equal(data.x_train, x)
    assert data.x_test is None and data.class_names == ("1", "2")


def test_rows_take_the_shape_that_is_asked_for(tmp_path):
    x, y = TRAIN
    write_mnist(tmp_path, (x.reshape(12, 35), y))
    assert load_idx(tmp_path, image_shape=(7, 5, 1)).x_train.shape == (12, 7, 5, 1)
    with pytest.raises(FileFormatError, match="--image-shape H W C"):
        load_idx(tmp_path)


def test_of_a_packed_and_an_unpacked_file_the_named_one_counts_else_the_unpacked(tmp_path):
    write_mnist(tmp_path, TRAIN)
    packed = tmp_path / "train-images-idx3-ubyte.gz"
    write_idx(packed, TRAIN[0] // 2)
    np.testing.assert_array_equal(load_idx(tmp_path).x_train[..., 0], TRAIN[0])
    np.testing.assert_array_equal(load_idx(packed).x_train[..., 0], TRAIN[0] // 2)


def test_two_sets_in_a_folder_must_be_told_apart(tmp_path):
    write_mnist(tmp_path, TRAIN, before="a-")
    write_mnist(tmp_path, TEST, before="b-")
    with pytest.raises(FileFormatError, match="holds 2 data sets; name a file of one: a-"):
        load_idx(tmp_path)
    assert len(load_idx(tmp_path / "b-train-labels-idx1-ubyte").x_train) == 4


@pytest.mark.parametrize("end", ["", ".gz"])
def test_every_cut_is_told(tmp_path, end):
    write_mnist(tmp_path, two_classes(3, (2, 3)), end=end)
    for kind in ("images-idx3", "labels-idx1"):
        path = tmp_path / f"train-{kind}-ubyte{end}"
        assert_cuts_are_told(path, lambda: load_idx(tmp_path), range(path.stat().st_size))


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "the file is empty"),
        (b"\x00", "must begin with two zero bytes; got 00"),
        (b"\x01\x00\x08\x03", "must begin with two zero bytes; got 01 00 08 03"),
        (b"\x00\x00\x0a\x01\x00\x00\x00\x01\x00", "a type from 08 to 0E, but 0A; got 0A"),
        (b"\x00\x00\x08\x05", "must have 1 to 4 axes; got 5"),
        (b"\x00\x00\x08\x03\x00\x00", "cut short, within its header"),
        (idx(TRAIN[1].astype("u1")) + b"x", r"promises 12 bytes \(shape \(12,\)\), and more"),
        (b"\x00\x00\x0e\x04" + b"\xff" * 16, "promises .* bytes .*, and there are 0"),
        (b"\x1f\x8b and no gzip", "damaged or cut short"),
        (gzip.compress(b"hello"), "must begin with two zero bytes"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_what_is_wrong_with_a_set(tmp_path):
    write_mnist(tmp_path, TRAIN, TEST)
    labels = tmp_path / "train-labels-idx1-ubyte"
    write_idx(labels, TRAIN[1].astype(np.uint8)[:-1])
    with pytest.raises(FileFormatError, match="must be of one length; got 12 and 11"):
        load_idx(labels)
    write_idx(labels, TRAIN[0])
    with pytest.raises(FileFormatError, match="train-labels-idx1-ubyte must have one axis"):
        load_idx(labels)
    labels.unlink()
    with pytest.raises(FileFormatError, match="training labels are missing: no file named so"):
        load_idx(tmp_path)
    write_mnist(tmp_path, TRAIN)
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FileFormatError, match="test images are missing"):
        load_idx(tmp_path)
    with pytest.raises(FileFormatError, match="no such file"):
        load_idx(tmp_path / "none")
