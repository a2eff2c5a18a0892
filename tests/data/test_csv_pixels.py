import gzip

import numpy as np
import pytest
from datafiles import two_classes, write_csv

from convstep.data import load_csv
from convstep.errors import FileFormatError

X, Y = two_classes(6, (3, 3))
LABELS = Y * 8 + 1
NAMED = [f"pixel{i}" for i in range(9)]


@pytest.mark.parametrize("sep", [",", ";", "\t", " "])
@pytest.mark.parametrize(
    "header, last",
    [
        (None, False),
        (["label", *NAMED], False),
        ([*NAMED, "Class"], True),
        (["label", *map(str, range(9))], False),  # as pandas names the columns of an array
        ([str(i) for i in range(10)], False),
    ],
)
def test_labels_first_or_where_the_header_says(tmp_path, header, last, sep):
    data = load_csv(write_csv(tmp_path / "a.csv", X, LABELS, header=header, last=last, sep=sep))
    np.testing.assert_array_equal(data.x_train[..., 0], X)
    assert data.x_train.dtype == np.uint8
    np.testing.assert_array_equal(data.y_train, Y)
    assert data.class_names == ("1", "9")


@pytest.mark.parametrize("last", [False, True])
def test_words_are_labels_wherever_they_stand(tmp_path, last):
    words = np.array(["pear", "fig, dried", "pear", "fig, dried", "pear", "fig, dried"])
    quoted = [f'"{word}"' for word in words]
    data = load_csv(write_csv(tmp_path / "a.csv", X, quoted, last=last))
    np.testing.assert_array_equal(data.x_train[..., 0], X)
    assert data.class_names == ("fig, dried", "pear") and data.y_train.tolist() == [1, 0] * 3


@pytest.mark.parametrize("label_column", ["last", "kind"])
def test_the_column_can_be_named(tmp_path, label_column):
    path = write_csv(tmp_path / "a.csv", X, LABELS, header=[*NAMED, "kind"], last=True)
    np.testing.assert_array_equal(load_csv(path, label_column=label_column).y_train, Y)
    with pytest.raises(FileFormatError, match=r"names no column of labels .* --label-column NAME"):
        load_csv(path)
    with pytest.raises(FileFormatError, match=r"no column 'size' .* its header has pixel0"):
        load_csv(path, label_column="size")


def test_an_index_is_no_pixel(tmp_path):
    x = np.concatenate([np.arange(300, 306)[:, None], X.reshape(6, 9)], axis=1)
    path = write_csv(tmp_path / "a.csv", x, LABELS, header=["id", *NAMED, "label"], last=True)
    np.testing.assert_array_equal(load_csv(path).x_train[..., 0], X)


def test_shapes_are_guessed_or_given(tmp_path):
    x, y = two_classes(4, (2, 2, 3))
    path = write_csv(tmp_path / "a.csv", x, y)
    np.testing.assert_array_equal(load_csv(path).x_train, x)
    assert load_csv(path, image_shape=(3, 4, 1)).x_train.shape == (4, 3, 4, 1)
    with pytest.raises(FileFormatError, match=r"\(5, 5, 1\) takes 25 columns .*; there are 12"):
        load_csv(path, image_shape=(5, 5, 1))
    path = write_csv(tmp_path / "b.csv", np.zeros((4, 10), int), y)
    with pytest.raises(FileFormatError, match=r"10 columns .* no square image.* --image-shape H W"):
        load_csv(path)


def test_floats_are_floats(tmp_path):
    data = load_csv(write_csv(tmp_path / "a.csv", X / 256 - 0.25, LABELS.astype(float)))
    assert data.x_train.dtype == np.float32 and data.class_names == ("1", "9")
    np.testing.assert_array_equal(data.x_train[..., 0], X / 256 - 0.25)


def test_the_test_part_beside_it(tmp_path):
    train = write_csv(tmp_path / "mnist_train.csv", X, LABELS)
    test = write_csv(tmp_path / "mnist_test.csv", X[:3] // 2, LABELS[:3])
    for path in (train, test, tmp_path):
        data = load_csv(path)
        np.testing.assert_array_equal(data.x_train[..., 0], X)
        np.testing.assert_array_equal(data.x_test[..., 0], X[:3] // 2)
        np.testing.assert_array_equal(data.y_test, Y[:3])


def test_kaggles_table_without_labels_is_no_test_part(tmp_path):
    write_csv(tmp_path / "train.csv", X, LABELS, header=["label", *NAMED])
    lines = [",".join(NAMED), *(",".join(map(str, row)) for row in X.reshape(6, 9))]
    (tmp_path / "test.csv").write_text("\n".join(lines))
    assert load_csv(tmp_path).x_test is None


def test_it_may_be_packed_and_begin_with_a_mark_and_end_anyhow(tmp_path):
    text = write_csv(tmp_path / "a.csv", X, LABELS).read_bytes()
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "c.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") + b"\r\n\r\n")
    (tmp_path / "d.csv").write_bytes(text.strip())
    for name in ("b.csv.gz", "c.csv", "d.csv"):
        np.testing.assert_array_equal(load_csv(tmp_path / name).x_train[..., 0], X)


def test_cuts_within_a_line_are_told(tmp_path):
    """What ends after a whole cell of the last column cannot be told from a whole table."""
    path = write_csv(tmp_path / "a.csv", X, LABELS)
    content = path.read_text()
    for length in range(len(content)):
        path.write_text(content[:length])
        last = content[:length].splitlines()[-1:]
        whole = not last or (last[0].count(",") == 9 and last[0][-1] != ",")
        try:
            data = load_csv(path)
        except FileFormatError as error:
            assert str(path) in str(error) and "\n" not in str(error)
        else:
            assert whole and len(data.x_train) == len(content[:length].splitlines())


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "the file is empty"),
        ("\n\n", "not a table of pixels"),
        ("hello world, this is a letter\n", "names no column of labels"),
        ("label,a,b,c,d\n", "there are no images in it"),
        ("1,0,0,0,0\n2,0,0,0\n", "from 5 to 4 at row 2"),
        ("1,0,0,0,0\n2,0,0,x,0\n", "line 2, column 4: could not convert string 'x'"),
        ("label,a,b,c,d\n1,0,0,0,0\n2,0,,0,0\n", "line 3, column 3: could not convert string ''"),
        (
            "1,0,0,0,0\n1,0,0,0,0\n",
            "first column was taken for the labels, and does not look like them: it holds 1",
        ),
        ("0,1,2,3,1\n0,4,5,6,2\n", "first column .* it holds 0, ...; --label-column last"),
        ("label,a,b,c,d\n1,0,0,0\n2,0,0,0\n", "the header has 5 columns, and the lines 4"),
        ("1,nan,0,0,0\n2,0,0,0,0\n", "must be finite"),
        ("label,a,b,c,d\n0.5,0,0,0,0\n1,0,0,0,0\n", "whole numbers, or words; got 0.5"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        load_csv(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_no_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(FileFormatError, match="text in UTF-8"):
        load_csv(path)
    path.write_bytes(b"0,1,2,3,4\n" * 2000 + b"\xff")
    with pytest.raises(FileFormatError, match="text in UTF-8"):
        load_csv(path)
