"""Small files in the formats that people have, written byte by byte as their sources describe."""

import gzip
import struct

import numpy as np
import pytest

from convstep.errors import FileFormatError

IDX_CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def two_classes(count, shape, seed=0):
    """Bytes that are dark in class 0 and light in class 1: (x, y)."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    x = rng.integers(0, 100, (count, *shape)) + 150 * y.reshape(-1, *[1] * len(shape))
    return x.astype(np.uint8), y


def idx(array):
    """The bytes of an IDX file."""
    array = np.asarray(array)
    code = IDX_CODES[array.dtype.str[1:]]
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_idx(path, array):
    content = idx(array)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_mnist(folder, train, test=None, *, end="", before=""):
    """The files of MNIST; each part is (x, y)."""
    for part, name in ((train, "train"), (test, "t10k")):
        if part is not None:
            x, y = part
            write_idx(folder / f"{before}{name}-images-idx{x.ndim}-ubyte{end}", x)
            write_idx(folder / f"{before}{name}-labels-idx1-ubyte{end}", y.astype(np.uint8))
    return folder


def cifar(x, *labels):
    """The bytes of CIFAR's records: the labels, then red, green, blue."""
    return b"".join(
        bytes(of_one) + image.transpose(2, 0, 1).tobytes()
        for image, *of_one in zip(x, *labels, strict=True)
    )


def write_csv(path, x, y, *, header=None, last=False, sep=","):
    rows = x.reshape(len(x), -1).tolist()
    cells = [[*row, label] if last else [label, *row] for row, label in zip(rows, y, strict=True)]
    lines = [sep.join(map(str, line)) for line in ([header] if header else []) + cells]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_pictures(folder, x, labels, *, suffix="png"):
    """A folder for each label, with a picture for each image."""
    image = pytest.importorskip("PIL.Image")
    for number, (pixels, label) in enumerate(zip(x, labels, strict=True)):
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
        image.fromarray(pixels).save(place / f"{number:04}.{suffix}")
    return folder


def write_hdf5(path, **datasets):
    h5py = pytest.importorskip("h5py")
    with h5py.File(path, "w") as file:
        for name, value in datasets.items():
            file[name] = value
    return path


def assert_cuts_are_told(path, read, lengths):
    """Cut a file to each of these lengths: reading it must be an error that names it, in a line."""
    content = path.read_bytes()
    for length in lengths:
        path.write_bytes(content[:length])
        with pytest.raises(FileFormatError) as caught:
            read()
        assert path.name in str(caught.value) or str(path.parent) in str(caught.value)
        assert "\n" not in str(caught.value)
    path.write_bytes(content)
