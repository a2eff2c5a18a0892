import gzip
import io
import pickle
import tarfile

import numpy as np
import pytest
from datafiles import (
    cifar,
    two_classes,
    write_csv,
    write_hdf5,
    write_idx,
    write_mnist,
    write_pictures,
)

from convstep.data import LabelledImages, load
from convstep.errors import ArgumentError, FileFormatError

X, Y = two_classes(8, (6, 5, 3))
GREY = X[..., 0]


def _npz(folder):
    np.savez(folder / "a.npz", x_train=X, y_train=Y)
    return X


def _npy(folder):
    np.save(folder / "x_train.npy", X)
    np.save(folder / "y_train.npy", Y)
    return X


def _hdf5(folder):
    write_hdf5(folder / "a.h5", train_set_x=X, train_set_y=Y)
    return X


def _mnist(folder):
    write_mnist(folder, (GREY, Y))
    return GREY[..., None]


def _packed_mnist(folder):
    write_mnist(folder, (GREY, Y), end=".gz")
    return GREY[..., None]


def _cifar(folder):
    x, y = two_classes(8, (32, 32, 3))
    (folder / "data_batch_1.bin").write_bytes(cifar(x, y))
    return x


def _csv(folder):
    write_csv(folder / "a.csv", GREY[:, :5], Y)
    return GREY[:, :5, :, None]


def _pictures(folder):
    write_pictures(folder, X, Y)
    return np.concatenate([X[Y == 0], X[Y == 1]])


FORMATS = (_npz, _npy, _hdf5, _mnist, _packed_mnist, _cifar, _csv, _pictures)


@pytest.mark.parametrize("write", FORMATS)
def test_a_format_is_known_from_its_folder_and_each_file(tmp_path, write):
    expected = write(tmp_path)
    paths = [tmp_path, *(path for path in tmp_path.iterdir() if path.is_file())]
    for path in paths:
        data = load(path)
        assert isinstance(data, LabelledImages)
        np.testing.assert_array_equal(data.x_train, expected)
        assert sorted(data.y_train) == [0] * 4 + [1] * 4
        assert load(str(path)).class_names == data.class_names


@pytest.mark.parametrize("write", [_npz, _npy, _hdf5])
def test_a_file_with_another_name_is_known_by_its_first_bytes(tmp_path, write):
    expected = write(tmp_path)
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_suffix(".dat"))
    path = min(tmp_path.iterdir())
    np.testing.assert_array_equal(load(path).x_train, expected)


def test_idx_files_with_other_names(tmp_path):
    write_idx(tmp_path / "flowers-images", GREY)
    write_idx(tmp_path / "flowers-labels", Y.astype("u1"))
    np.testing.assert_array_equal(load(tmp_path / "flowers-images").x_train[..., 0], GREY)


def test_cifars_file_may_begin_as_others_do_by_chance(tmp_path):
    x, y = two_classes(4, (32, 32, 3))
    x[0, 0, :3, 0] = 0, 8, 3
    (tmp_path / "data_batch_1.bin").write_bytes(cifar(x, y))
    np.testing.assert_array_equal(load(tmp_path / "data_batch_1.bin").x_train, x)


def _tar():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return content.getvalue()


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("a.npz", b"", "the file is empty"),
        ("a.dat", b"hello, I am a text file", "of no format that is known; tried HDF5"),
        ("data_batch_1", pickle.dumps({"data": 1}, 2), "a pickle, which is never unpickled"),
        ("mnist.pkl.gz", gzip.compress(pickle.dumps([1])), "a pickle, which is never unpickled"),
        ("cifar-10-binary.tar", _tar(), r"an archive \(tar\); unpack it first"),
        ("cifar-10-binary.tar.gz", gzip.compress(_tar()), r"an archive \(tar\); unpack it first"),
        ("a.mat", b"MATLAB 5.0 MAT-file, Platform", "a file of MATLAB's; save its arrays"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "one picture; training takes a folder"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "not an HDF5 file, or damaged or cut short"),
        ("a.h5", b"hello", "not an HDF5 file"),
        ("a.npy", b"\x93NUMPY", "damaged or cut short|are missing"),
        ("a.zip", b"PK\x03\x04", "damaged or cut short"),
        ("train-images-idx3-ubyte", b"hello", "not an IDX file"),
        ("train.bin", b"hello", "whole records of 3074 bytes; got 0 and 5 bytes more"),
        ("other.bin", b"hello", r"data_batch_1\.bin is missing: \.bin files are read as CIFAR's"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=message) as caught:
        load(path)
    assert str(tmp_path) in str(caught.value) and "\n" not in str(caught.value)


def test_folders_that_cannot_be_read(tmp_path):
    with pytest.raises(FileFormatError, match="none: no such file"):
        load(tmp_path / "none")
    with pytest.raises(FileFormatError, match="holds no data that is known; tried HDF5"):
        load(tmp_path)
    for name in ("data_batch_1", "batches.meta"):
        (tmp_path / name).write_bytes(pickle.dumps({}))
    with pytest.raises(FileFormatError, match=r"Python version, .* take the binary version"):
        load(tmp_path)
    _npz(tmp_path)
    np.savez(tmp_path / "b.npz", x_train=X, y_train=Y)
    with pytest.raises(FileFormatError, match=r"holds 2 \.npz files; name one: a\.npz, b\.npz"):
        load(tmp_path)
    _csv(tmp_path)
    with pytest.raises(FileFormatError, match=r"holds \.npz files and tables of pixels; name a"):
        load(tmp_path)


def test_options_reach_the_reader(tmp_path):
    np.savez(tmp_path / "a.npz", x_train=X.reshape(8, -1), y_train=Y)
    np.testing.assert_array_equal(load(tmp_path, image_shape=(6, 5, 3)).x_train, X)
    np.testing.assert_array_equal(load(tmp_path, image_shape=[6, 15]).x_train[..., 0],
                                  X.reshape(8, 6, 15))  # fmt: skip


@pytest.mark.parametrize(
    "options, message",
    [
        ({"image_size": (4, 4)}, r"image_size must come with a folder of pictures, not \.npz"),
        ({"label_column": "last"}, "label_column must come with tables of pixels, not"),
        ({"image_shape": 4}, r"image_shape must be \(height, width, channels\), whole .*; got 4"),
        ({"image_shape": (4, 0, 1)}, "whole numbers from 1"),
        ({"image_size": (4, 4.5)}, r"image_size must be \(height, width\), whole numbers"),
        ({"label_column": 3}, "label_column must be a str; got 3"),
    ],
)
def test_options_are_checked(tmp_path, options, message):
    _npz(tmp_path)
    with pytest.raises(ArgumentError, match=message):
        load(tmp_path, **options)
