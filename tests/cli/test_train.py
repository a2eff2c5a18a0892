"""The command as a user runs it: in a process of its own, looking at what it leaves behind."""

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import convstep as cs
from convstep.cli.runs import run_folder
from convstep.models import Model

FAST = ("--epochs", "2", "--batch-size", "128")
SHOWN = (
    "Conv2D",
    "8 by 8 pixels, 1 channel, 10 classes",
    "1293 to train, 144 to choose the best epoch, 360 to test",
    "2 epochs in batches of 128",
    "of 360 right; 95 % interval",
    "Confusion table",
    "Worst mistakes",
    "Saved in       runs/digits-1: model.safetensors, history.json, config.json,",
)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One short run on the built-in digits."""
    folder = tmp_path_factory.mktemp("finished")
    command = [sys.executable, "-m", "convstep", "train", *FAST]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return folder, result


def save_shapes(path, *, count=120, shape=(10, 10), **more):
    """Bright squares on the left or right of noise: a set that is learned at once."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 40, (count, *shape)).astype(np.uint8)
    y = np.arange(count) % 2
    middle = shape[1] // 2
    x[y == 0, :, :middle] += 150
    x[y == 1, :, middle:] += 150
    np.savez(path, x_train=x, y_train=np.array(["left", "right"])[y], **more)
    return x, y


# ------------------------------------------------------------------ the built-in digits


def test_it_prints_the_network_the_data_the_accuracy_the_table_and_mistakes(finished):
    _, result = finished
    assert result.returncode == 0
    printed = result.stdout.replace("\n               ", " ")  # unfolded
    for text in SHOWN:
        assert text in printed
    assert "epoch 2/2" in result.stderr  # progress is not the result


def test_a_file_or_pipe_gets_plain_lines_of_80_columns(finished):
    _, result = finished
    assert "\x1b" not in result.stdout + result.stderr
    assert "\r" not in result.stdout + result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_run_folder_holds_the_model_its_history_and_its_configuration(finished):
    folder, result = finished
    run = folder / "runs" / "digits-1"
    assert sorted(path.name for path in run.iterdir()) == [
        "config.json", "history.json", "model.safetensors", "report.html",
    ]  # fmt: skip
    history = json.loads((run / "history.json").read_text())
    assert history["epochs"] == 2 and history["best_epoch"] in (1, 2)
    assert {len(series) for series in history["series"].values()} == {2}
    config = json.loads((run / "config.json").read_text())
    assert config["data"]["examples"] == {"training": 1293, "validation": 144, "test": 360}
    assert config["recipe"]["epochs"] == 2 and config["recipe"]["seed"] == 0
    right = config["result"]["test_right"]
    assert np.trace(config["result"]["confusion"]) == right
    assert np.sum(config["result"]["confusion"]) == 360
    assert f"({right} of 360 right" in result.stdout


def test_the_saved_model_is_the_one_that_was_judged(finished):
    from convstep.data import digits

    folder, _ = finished
    run = folder / "runs" / "digits-1"
    images, labels = digits.load()
    _, test = digits.split(labels)
    model = Model.load(run / "model.safetensors")
    predicted = model.predict_proba(images[test].astype(np.float32)).argmax(axis=1)
    config = json.loads((run / "config.json").read_text())
    assert int((predicted == labels[test]).sum()) == config["result"]["test_right"]
    assert list(model.metadata["value_range"]) == [0, 16]


def test_a_second_run_takes_the_next_folder(finished):
    folder, _ = finished
    command = [sys.executable, "-m", "convstep", "train", "--epochs", "1", "--quiet"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert "Saved in       runs/digits-2" in result.stdout
    assert "epoch" not in result.stderr and "Conv2D" not in result.stdout


def test_a_seed_repeats_bit_for_bit_and_another_does_not(convstep, tmp_path):
    for out, seed in (("a", 5), ("b", 5), ("c", 6)):
        words = ("--epochs", 1, "--seed", seed, "--out", out, "--quiet")
        assert convstep("train", *words).returncode == 0
    files = {out: (tmp_path / out / "model.safetensors").read_bytes() for out in "abc"}
    assert files["a"] == files["b"]
    assert files["a"] != files["c"]


def test_the_writers_split_tests_on_the_end_of_the_file(convstep, tmp_path):
    result = convstep("train", *FAST, "--split", "writers", "--out", "run")
    assert result.returncode == 0
    assert "the last in file order" in result.stdout.replace("\n               ", " ")
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    counts = np.sum(config["result"]["confusion"], axis=1)
    assert counts.tolist() == [35, 36, 35, 37, 37, 37, 37, 36, 33, 37]
    assert config["data"]["split"] == "writers"


# ------------------------------------------------------------------ data of one's own


def test_images_of_ones_own_are_learned(convstep, tmp_path):
    save_shapes(tmp_path / "sides.npz")
    result = convstep("train", "sides.npz", "--epochs", "4")
    assert result.returncode == 0, result.stderr
    assert "Saved in       runs/sides-1" in result.stdout
    config = json.loads((tmp_path / "runs" / "sides-1" / "config.json").read_text())
    assert config["data"]["examples"] == {"training": 86, "validation": 10, "test": 24}
    assert config["data"]["class_names"] == ["left", "right"]
    assert config["data"]["value_range"] == [0, 255]
    assert config["result"]["test_accuracy"] == 1


def test_a_test_part_in_the_file_is_the_test_part(convstep, tmp_path):
    x, y = save_shapes(tmp_path / "sides.npz")
    save_shapes(tmp_path / "both.npz", x_test=x[:7], y_test=np.array(["left", "right"])[y[:7]])
    result = convstep("train", "both.npz", "--epochs", "1", "--out", "run")
    assert result.returncode == 0, result.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["data"]["split"] == "file"
    assert config["data"]["examples"] == {"training": 108, "validation": 12, "test": 7}


def test_the_test_part_chooses_nothing(convstep, tmp_path):
    x, y = save_shapes(tmp_path / "sides.npz")
    names = np.array(["left", "right"])
    models, histories = [], []
    for run, labels in (("right", y[:30]), ("swapped", 1 - y[:30])):
        save_shapes(tmp_path / f"{run}.npz", x_test=x[:30], y_test=names[labels])
        result = convstep("train", f"{run}.npz", "--epochs", "3", "--quiet", "--out", run)
        assert result.returncode == 0, result.stderr
        models.append((tmp_path / run / "model.safetensors").read_bytes())
        histories.append(json.loads((tmp_path / run / "history.json").read_text()))
        del histories[-1]["series"]["seconds"]
    assert "validation_accuracy" in histories[0]["series"]
    assert histories[0] == histories[1]
    assert models[0] == models[1]


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 3, 4), (7, 5, 2), (64, 64, 3), (3, 40, 1)])
def test_images_of_any_size_are_trained_on(convstep, tmp_path, shape):
    x = np.random.default_rng(0).normal(size=(20, *shape))
    np.savez(tmp_path / "data.npz", x_train=x, y_train=np.arange(20) % 2)
    result = convstep("train", "data.npz", "--epochs", "1", "--out", "run")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "run" / "model.safetensors").exists()


# ------------------------------------------------------------------ what goes wrong


def test_an_output_folder_that_is_not_empty_is_refused(convstep, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "precious.txt").write_text("mine")
    result = convstep("train", *FAST, "--out", "run")
    assert result.returncode == 2
    assert "--out must be a new or an empty folder; got 'run'" in result.stderr
    assert result.stderr.startswith("convstep train: --out must") and result.stderr.count("\n") == 1
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["precious.txt"]
    result = convstep("train", *FAST, "--out", "run/precious.txt")
    assert result.returncode == 2 and "--out must be a folder" in result.stderr


@pytest.mark.parametrize(
    "words, message",
    [
        (["none.npz"], "none.npz: no such file."),
        (["."], ".: the folder holds 3 .npz files; name one: few.npz, keys.npz, text.npz."),
        (["text.npz"], "text.npz: not a file of NumPy's (.npz, .npy)."),
        (["keys.npz"], "keys.npz: x_train and y_train missing; the file holds images."),
        (["few.npz"], "few.npz: the training part must hold several examples of a class"),
        (["few.npz", "--split", "writers"], "--split must come without DATA"),
        (["--learning-rate", "1e30"], "must stay finite"),
    ],
)
def test_bad_input_is_one_line_without_a_traceback(convstep, tmp_path, words, message):
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "keys.npz", images=np.zeros(3))
    np.savez(tmp_path / "few.npz", x_train=np.zeros((3, 4, 4)), y_train=[0, 1, 2])
    result = convstep("train", *words, "--quiet")
    assert result.returncode == 2
    assert result.stderr.startswith("convstep train: ") and message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_run_that_fails_before_it_trains_leaves_nothing(convstep, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "sitecustomize.py").write_text(
        "from convstep.models import Model\n"
        "def fit(*_, **__): raise OSError('broken')\n"
        "Model.fit = fit\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    for out in ("new/run", "mine"):
        result = convstep("train", "--quiet", "--out", out, env=environment)
        assert result.returncode == 2 and "broken" in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"mine", "sitecustomize.py"}
    assert list((tmp_path / "mine").iterdir()) == []


@pytest.mark.parametrize("rate", ["1e30", "1e38"])
def test_a_loss_that_breaks_names_the_layer_and_the_last_good_checkpoint(convstep, tmp_path, rate):
    result = convstep("train", "--learning-rate", rate, "--quiet", "--out", "run")
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert re.search(r"at step \d+ of epoch 1 .* (\(Conv2D\)|\(Dense\)|parameter)", result.stderr)
    checkpoint = Path("run") / "checkpoint.safetensors"
    assert f"The last good checkpoint is {checkpoint}, of step 0." in result.stderr
    assert (tmp_path / checkpoint).is_file()


@pytest.mark.parametrize(
    "words, settings, message",
    [
        (["--epochs", "99999999999"], {}, "--epochs"),
        ([], {"CONVSTEP_FORCE_TARGET": "none"}, "CONVSTEP_FORCE_TARGET"),
    ],
)
def test_what_cannot_be_trained_leaves_no_folder(
    convstep, environment, tmp_path, words, settings, message
):
    if settings and not cs.backend_info()["core"]:
        pytest.skip("needs the compiled core")
    result = convstep("train", *words, "--quiet", env=environment | settings)
    assert result.returncode == 2
    assert message in result.stderr and result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_files_that_somebody_put_into_the_folder_stay(tmp_path):
    with run_folder(str(tmp_path / "a" / "b"), "") as folder:
        (folder / "config.json").write_text("{}")
        (folder / "notes.txt").write_text("mine")
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["notes.txt"]


def test_two_runs_at_once_take_two_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with run_folder(None, "x") as one, run_folder(None, "x") as other:
        assert [str(one), str(other)] == [str(Path("runs/x-1")), str(Path("runs/x-2"))]
    assert not (tmp_path / "runs").exists()


def test_a_place_where_no_folder_can_be_made_is_told_with_a_way_out(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PermissionError, match="--out DIR puts the run elsewhere") as caught:
        run_folder(None, "digits").__enter__()
    assert caught.value.filename == str(Path("runs/digits-1"))


def test_channels_in_the_place_of_rows_are_told(convstep, tmp_path):
    x = np.random.default_rng(0).normal(size=(20, 3, 8, 9))
    np.savez(tmp_path / "data.npz", x_train=x, y_train=np.arange(20) % 2)
    result = convstep("train", "data.npz", "--epochs", "1", "--quiet")
    assert result.returncode == 0
    assert result.stderr == (
        "convstep train: data.npz: x_train is taken as images of 3 by 8 pixels with 9 channels; "
        "if they are (N, C, H, W), save x_train.transpose(0, 2, 3, 1).\n"
    )


def test_the_next_command_can_be_copied(convstep, tmp_path):
    out = "a folder with a name that is so long/that no terminal of 80 columns shows it"
    result = convstep("train", "--epochs", "1", "--out", out)
    assert f"\nNext           convstep predict '{out}' FILE.png\n" in result.stdout
    assert f"\nSaved in       {out}:" in result.stdout
