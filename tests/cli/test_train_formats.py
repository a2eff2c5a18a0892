"""`convstep train` on each format: small files, one epoch, in this process."""

import json

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

from convstep.cli.main import main

TALL = (9, 6)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def trained(path, *options):
    """Train for an epoch; return the configuration that was saved."""
    code = main(["train", str(path), *options, "--epochs", "1", "--quiet", "--out", "run"])
    assert code == 0
    with open("run/config.json") as file:
        return json.load(file)


def refused(capsys, path, *options):
    """Return the one line that says why a file cannot be trained on."""
    assert main(["train", str(path), *options, "--quiet", "--out", "run"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("convstep train: ") and told.count("\n") == 1
    return told


def _npz(folder, short):
    x, y = two_classes(60, (*TALL, 4))
    names = np.array(["a", "b"])[y[: 60 - short]]
    np.savez(folder / "a.npz", x_train=x, y_train=names, x_test=x[:9:2], y_test=names[:9:2])
    return "a.npz", (*TALL, 4), "file"


def _npy(folder, short):
    x, y = two_classes(60, TALL)
    np.save(folder / "x_train.npy", x.astype(np.float32) / 255)
    np.save(folder / "y_train.npy", y[: 60 - short] * 10**15)
    return ".", (*TALL, 1), "stratified"


def _hdf5(folder, short):
    x, y = two_classes(60, (*TALL, 3))
    names = np.array([b"non-cat", b"cat"])
    write_hdf5(folder / "train_cats.h5", train_set_x=x, train_set_y=y[None, : 60 - short],
               list_classes=names)  # fmt: skip
    write_hdf5(folder / "test_cats.h5", test_set_x=x[:9], test_set_y=y[None, :9],
               list_classes=names)  # fmt: skip
    return "test_cats.h5", (*TALL, 3), "file"


def _idx(folder, short):
    x, y = two_classes(60, TALL)
    write_mnist(folder, (x, y), (x[:9], y[:9]), end=".gz")
    write_idx(folder / "train-labels-idx1-ubyte.gz", y[: 60 - short].astype("u1"))
    return "train-images-idx3-ubyte.gz", (*TALL, 1), "file"


def _cifar(folder, short):
    x, y = two_classes(40, (32, 32, 3))
    y = y + 8 * short + (y == 1) * short  # 8 and 10
    (folder / "data_batch_1.bin").write_bytes(cifar(x, y))
    (folder / "test_batch.bin").write_bytes(cifar(x[::2], y[::2]))
    return ".", (32, 32, 3), "file"


def _csv(folder, short):
    x, y = two_classes(60, TALL)
    write_csv(folder / "shapes_train.csv", x, y[: 60 - short] if not short else y + 0.5)
    return "shapes_train.csv", (*TALL, 1), "stratified"


def _pictures(folder, short):
    x, y = two_classes(60, (*TALL, 3))
    write_pictures(folder / "photos" / "train", x, np.array(["day", "night"])[y])
    write_pictures(folder / "photos" / "test", x[:8:2], ["dusk" if short else "day"] * 4)
    return "photos", (*TALL, 3), "file"


OPTIONS = {_csv: ("--image-shape", "9", "6", "1"), _pictures: ("--image-size", "9", "6")}
FORMATS = (_npz, _npy, _hdf5, _idx, _cifar, _csv, _pictures)


@pytest.mark.parametrize("write", FORMATS)
def test_each_format_is_trained_on(tmp_path, write):
    path, shape, split = write(tmp_path, 0)
    saved = trained(path, *OPTIONS.get(write, ()))["data"]
    assert tuple(saved["input_shape"]) == shape and saved["split"] == split
    assert saved["value_range"] == ([0, 1] if write is _npy else [0, 255])


@pytest.mark.parametrize("write", FORMATS)
def test_each_format_that_is_mislabelled_is_refused_in_one_line(tmp_path, capsys, write):
    path, _, _ = write(tmp_path, 1)
    told = refused(capsys, path, *OPTIONS.get(write, ()))
    assert "must" in told or "lacks" in told
    assert not (tmp_path / "run").exists()


def test_a_class_may_be_missing_from_the_test_part_and_class_names_be_many(tmp_path):
    path, _, _ = _pictures(tmp_path, 0)
    saved = trained(path, "--image-size", "9", "6")
    assert saved["data"]["class_names"] == ["day", "night"]
    assert len(saved["result"]["confusion"]) == 2


def test_a_model_of_pictures_predicts_pictures(tmp_path, capsys):
    path, _, _ = _pictures(tmp_path, 0)
    assert main(["train", path, "--epochs", "15", "--quiet", "--out", "run"]) == 0
    capsys.readouterr()
    files = sorted(map(str, tmp_path.glob("photos/train/*/*.png")))
    assert main(["predict", "run", "--json", *files]) == 0
    answers = json.loads(capsys.readouterr().out)
    right = [answer["classes"][0]["class"] in answer["file"] for answer in answers]
    assert np.mean(right) > 0.9


@pytest.mark.parametrize(
    "names", ["flip", "crop,cutout", "flip-vertical,shift,rotate", "none", "flip,flip"]
)
def test_augmentations_are_chosen_by_name_and_written_down(tmp_path, names):
    path, _, _ = _npz(tmp_path, 0)
    saved = trained(path, "--augment", names)["recipe"]["augment"]
    assert list(saved or {}) == ([] if names == "none" else list(dict.fromkeys(names.split(","))))


def test_the_augmentation_is_told(tmp_path, capsys):
    path, _, _ = _npz(tmp_path, 0)
    assert main(["train", path, "--augment", "flip,crop", "--epochs", "1", "--out", "run"]) == 0
    assert "changed at random: flip, crop" in " ".join(capsys.readouterr().out.split())


def test_an_augmentation_that_is_not_known_is_told(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["train", "--augment", "flip,warp"])
    assert "must be none, or some of flip, " in capsys.readouterr().err


@pytest.mark.parametrize(
    "options, message",
    [
        (["--image-size", "9", "6"], "image_size must come with a folder of pictures"),
        (["--label-column", "last"], "label_column must come with tables of pixels"),
        (["--image-shape", "5", "5", "1"], "must fit --image-shape"),
    ],
)
def test_options_of_another_format_are_refused(tmp_path, capsys, options, message):
    path, _, _ = _npz(tmp_path, 0)
    assert message in refused(capsys, path, *options)


def test_options_for_data_need_data(capsys):
    assert main(["train", "--image-size", "9", "6"]) == 2
    assert "--image-size must come with DATA" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["photos/", "a.tar/../photos", "."])
def test_the_run_folder_has_a_name_whatever_the_path(tmp_path, capsys, monkeypatch, name):
    _pictures(tmp_path, 0)
    (tmp_path / "a.tar").mkdir()
    if name == ".":
        monkeypatch.chdir(tmp_path / "photos")
    assert main(["train", name, "--epochs", "1", "--quiet"]) == 0
    assert "runs/photos-1" in capsys.readouterr().out
