import numpy as np
import pytest
from datafiles import assert_cuts_are_told, cifar

from convstep.data import load_cifar
from convstep.errors import FileFormatError

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)
Y = np.array([3, 9, 0, 1, 3, 9, 2])
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


@pytest.fixture
def ten(tmp_path):
    """CIFAR-10 in three batches, class 2 in the test part alone, most classes nowhere."""
    for number, part in (("data_batch_1", slice(0, 2)), ("data_batch_2", slice(2, 6)),
                         ("test_batch", slice(6, 7))):  # fmt: skip
        (tmp_path / f"{number}.bin").write_bytes(cifar(X[part], Y[part]))
    (tmp_path / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    return tmp_path


@pytest.fixture
def hundred(tmp_path):
    (tmp_path / "train.bin").write_bytes(cifar(X[:5], Y[:5] + 10, Y[:5] + 90))
    (tmp_path / "test.bin").write_bytes(cifar(X[5:], Y[5:] + 10, Y[5:] + 90))
    (tmp_path / "fine_label_names.txt").write_text("\n".join(f"fine{i}" for i in range(100)))
    (tmp_path / "coarse_label_names.txt").write_text("\n".join(f"coarse{i}" for i in range(20)))
    return tmp_path


def test_the_order_of_the_bytes():
    """A record by hand: the label, all red bytes, all green, all blue, each row by row."""
    image = np.zeros((1, 32, 32, 3), np.uint8)
    image[0, 0, 1] = 1, 2, 3
    image[0, 1, 0, 2] = 9
    record = cifar(image, [5])
    assert record[0] == 5 and record[2] == 1 and record[1 + 1024 + 1] == 2
    assert record[1 + 2048 + 32] == 9 and len(record) == 3073


def test_cifar_10_from_the_folder_and_from_each_file(ten):
    for path in (ten, *ten.glob("*.bin")):
        data = load_cifar(path)
        np.testing.assert_array_equal(data.x_train, X[:6])
        np.testing.assert_array_equal(data.x_test, X[6:])
        np.testing.assert_array_equal(data.y_train, Y[:6])
        assert data.y_test.tolist() == [2] and data.class_names == tuple(NAMES)
        assert data.x_train.dtype == np.uint8


def test_cifar_100_has_fine_and_coarse_labels(hundred):
    data = load_cifar(hundred)
    np.testing.assert_array_equal(data.x_train, X[:5])
    np.testing.assert_array_equal(data.x_test, X[5:])
    np.testing.assert_array_equal(data.y_train, Y[:5] + 90)
    assert len(data.class_names) == 100 and data.class_names[93] == "fine93"
    coarse = load_cifar(hundred / "test.bin", coarse=True)
    np.testing.assert_array_equal(coarse.y_test, Y[5:] + 10)
    assert coarse.class_names[12] == "coarse12"


def test_names_and_the_test_part_may_be_missing(ten):
    (ten / "batches.meta.txt").unlink()
    (ten / "test_batch.bin").unlink()
    data = load_cifar(ten)
    assert data.class_names == tuple("0123456789") and data.x_test is None


def test_cuts_are_told(ten):
    path = ten / "data_batch_2.bin"
    cuts = [n for n in range(0, 4 * 3073, 97) if n % 3073 or n == 0]
    assert_cuts_are_told(path, lambda: load_cifar(ten), [*cuts, 3072, 3074, 4 * 3073 - 1])


def test_a_label_out_of_range_names_the_record(ten, tmp_path):
    path = ten / "data_batch_2.bin"
    content = bytearray(path.read_bytes())
    content[3 * 3073] = 10
    path.write_bytes(content)
    message = r"data_batch_2\.bin: a label of CIFAR-10 must be 0 to 9; got 10 \(record 3\)"
    with pytest.raises(FileFormatError, match=message):
        load_cifar(ten)


def test_other_things_that_are_wrong(ten, hundred):
    with pytest.raises(FileFormatError, match=r"both CIFAR-10 and CIFAR-100; name a \.bin"):
        load_cifar(ten)
    assert len(load_cifar(ten / "test_batch.bin").class_names) == 10
    assert len(load_cifar(ten / "train.bin").class_names) == 100
    (ten / "train.bin").unlink()
    (ten / "batches.meta.txt").write_text("one\ntwo")
    with pytest.raises(FileFormatError, match=r"batches\.meta\.txt: CIFAR-10 must have 10 names"):
        load_cifar(ten)
    (ten / "batches.meta.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(FileFormatError, match="must be text in UTF-8"):
        load_cifar(ten)
    (ten / "data_batch_1.bin").unlink()
    with pytest.raises(FileFormatError, match=r"data_batch_1\.bin is missing"):
        load_cifar(ten)
