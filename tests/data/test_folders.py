import numpy as np
import pytest
from datafiles import two_classes, write_pictures

from convstep.data import load_folder, read_images
from convstep.errors import FileFormatError

image = pytest.importorskip("PIL.Image")
X, Y = two_classes(6, (5, 7, 3))
WORDS = np.array(["daisy", "rose"])


def test_a_folder_for_each_class(tmp_path):
    write_pictures(tmp_path, X, WORDS[Y])
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "rose" / "notes.txt").write_text("not a picture")
    (tmp_path / "rose" / ".DS_Store").write_text("")
    data = load_folder(tmp_path)
    assert data.class_names == ("daisy", "rose") and data.x_train.dtype == np.uint8
    np.testing.assert_array_equal(data.y_train, [0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(data.x_train, np.concatenate([X[Y == 0], X[Y == 1]]))
    assert data.x_test is None


@pytest.mark.parametrize("train, test", [("train", "test"), ("Training", "val")])
def test_two_parts_and_a_class_that_is_missing_in_one(tmp_path, train, test):
    write_pictures(tmp_path / train, X, WORDS[Y])
    write_pictures(tmp_path / test, X[1:2], ["rose"])
    data = load_folder(tmp_path)
    assert len(data.x_train) == 6 and data.y_test.tolist() == [1]
    np.testing.assert_array_equal(data.x_test, X[1:2])


def test_the_test_part_counts_before_the_validation_part(tmp_path):
    write_pictures(tmp_path / "train", X, WORDS[Y])
    write_pictures(tmp_path / "test", X[:2], WORDS[Y[:2]])
    write_pictures(tmp_path / "val", X[:4], WORDS[Y[:4]])
    assert len(load_folder(tmp_path).x_test) == 2


def test_grey_pictures_have_one_channel_unless_others_are_in_colour(tmp_path):
    write_pictures(tmp_path, X[..., 0], WORDS[Y])
    data = load_folder(tmp_path)
    assert data.x_train.shape == (6, 5, 7, 1)
    assert load_folder(tmp_path, image_shape=(5, 7, 3)).x_train.shape == (6, 5, 7, 3)
    image.fromarray(X[0]).save(tmp_path / "rose" / "colour.bmp")
    assert load_folder(tmp_path).x_train.shape == (7, 5, 7, 3)


def test_transparency_is_kept_where_four_channels_are_asked_for(tmp_path):
    x, y = two_classes(4, (5, 7, 4))
    x[..., 3] = 255
    write_pictures(tmp_path, x, y)
    assert load_folder(tmp_path).x_train.shape == (4, 5, 7, 3)
    data = load_folder(tmp_path, image_shape=(5, 7, 4))
    np.testing.assert_array_equal(data.x_train, np.concatenate([x[y == 0], x[y == 1]]))


def test_sizes_that_differ_are_told_or_scaled_as_predict_does(tmp_path):
    write_pictures(tmp_path, X, WORDS[Y])
    larger = np.kron(X[0], np.ones((2, 2, 1), np.uint8))
    image.fromarray(larger).save(tmp_path / "rose" / "large.png")
    with pytest.raises(FileFormatError, match=r"5 by 7 \(6\), 10 by 14 \(1\); --image-size H W"):
        load_folder(tmp_path)
    data = load_folder(tmp_path, image_size=(5, 7))
    np.testing.assert_array_equal(data.x_train[-1], X[0])
    data = load_folder(tmp_path, image_size=(4, 3))
    assert data.x_train.shape == (7, 4, 3, 3)
    seen = read_images(tmp_path / "rose" / "large.png", (4, 3, 3), (0, 255))
    np.testing.assert_allclose(data.x_train[-1], seen[0], rtol=1e-6)


def test_a_picture_on_its_side_has_its_upright_size(tmp_path):
    write_pictures(tmp_path, X, WORDS[Y])
    exif = image.Exif()
    exif[0x0112] = 6
    image.fromarray(np.rot90(X[0])).save(tmp_path / "rose" / "turned.jpg", exif=exif)
    assert load_folder(tmp_path).x_train.shape == (7, 5, 7, 3)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"hello", lambda b: b""])
def test_a_picture_that_cannot_be_read_is_named(tmp_path, damage):
    write_pictures(tmp_path, np.repeat(X, 20, axis=1), WORDS[Y])
    path = tmp_path / "rose" / "0003.png"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FileFormatError, match=r"rose/0003\.png: "):
        load_folder(tmp_path)
    with pytest.raises(FileFormatError, match=r"rose/0003\.png: "):
        load_folder(tmp_path, image_shape=(5, 7, 3))


def test_what_is_wrong_with_the_folders(tmp_path):
    with pytest.raises(FileFormatError, match="must hold a folder of pictures for each class"):
        load_folder(tmp_path)
    write_pictures(tmp_path / "train", X[:2], ["rose", "rose"])
    with pytest.raises(FileFormatError, match="two classes or more; got rose alone"):
        load_folder(tmp_path)
    write_pictures(tmp_path / "train", X[:2], ["daisy", "fig"])
    write_pictures(tmp_path / "test", X[:2], ["rose", "tulip"])
    with pytest.raises(FileFormatError, match="class that the training part lacks: tulip"):
        load_folder(tmp_path)
    (tmp_path / "empty" / "a").mkdir(parents=True)
    with pytest.raises(FileFormatError, match="no pictures in the folders of empty"):
        load_folder(tmp_path / "empty")
    with pytest.raises(FileFormatError, match="pictures have 1 to 4 channels"):
        load_folder(tmp_path, image_shape=(5, 5, 9))
