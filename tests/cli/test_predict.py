import json

import numpy as np
import pytest

from convstep import nn
from convstep.graph import Sequential
from convstep.models import Model

CLASSES = ("dark", "light")


@pytest.fixture
def model_file(tmp_path):
    """A network that says "light" as far as the mean of the image lies above 8, in 0 to 16."""
    graph = Sequential(
        [nn.Normalize(mean=8, std=1), nn.GlobalAvgPool2D(), nn.Flatten(), nn.Dense(2)]
    )
    model = Model(graph, input_shape=(8, 8, 1))
    model.params["dense1.weight"][...] = [[-1, 1]]
    model.params["dense1.bias"][...] = 0
    model.metadata.update(class_names=CLASSES, value_range=(0, 16))
    (tmp_path / "run").mkdir()
    path = tmp_path / "run" / "model.safetensors"
    model.save(path)
    return path


@pytest.fixture
def picture(tmp_path):
    """Save a PNG of one grey."""
    pillow = pytest.importorskip("PIL.Image")

    def save(name, grey, size=(24, 32)):
        pillow.new("L", size, grey).save(tmp_path / name)
        return name

    return save


def probability(mean):
    return 1 / (1 + np.exp(-2 * (mean - 8)))


def test_a_class_name_neither_breaks_the_line_nor_steers_the_terminal(
    convstep, model_file, picture
):
    model = Model.load(model_file)
    model.metadata["class_names"] = ["da\nrk", "\x1b[31mlight"]
    model.save(model_file)
    result = convstep("predict", "run", picture("a.png", 255))
    assert result.stdout == "a.png: ?[31mlight 100.0%   da?rk 0.0%\n"


def test_pictures_are_classified_with_the_scaling_of_the_training(convstep, model_file, picture):
    result = convstep("predict", model_file, picture("a.png", 255), picture("b.png", 120))
    assert (result.returncode, result.stderr) == (0, "")
    light = probability(16 * 120 / 255)
    assert result.stdout.splitlines() == [
        "a.png: light 100.0%   dark 0.0%",
        f"b.png: dark {1 - light:.1%}   light {light:.1%}",
    ]


def test_the_run_folder_stands_for_its_model_and_top_limits_the_answer(
    convstep, model_file, picture
):
    result = convstep("predict", model_file.parent, picture("a.png", 0), "--top", "1")
    assert result.stdout == "a.png: dark 100.0%\n"


def test_invert_swaps_dark_and_light(convstep, model_file, picture):
    result = convstep("predict", model_file, picture("a.png", 0), "--invert")
    assert result.stdout.startswith("a.png: light")


def test_a_background_the_wrong_way_round_is_told(convstep, model_file, picture, tmp_path):
    model = Model.load(model_file)
    model.metadata["edge"] = 1.0  # dark, of 0 to 16
    model.save(model_file)
    result = convstep("predict", model_file, picture("a.png", 230), picture("b.png", 90))
    assert result.returncode == 0
    assert result.stderr == (
        "convstep predict: a.png: the background is light, and was dark in the training images; "
        "--invert swaps dark and light.\n"
    )
    assert convstep("predict", model_file, "a.png", "--invert").stderr == ""


def test_arrays_are_taken_one_or_many(convstep, model_file, tmp_path):
    np.save(tmp_path / "one.npy", np.full((8, 8), 16))
    np.save(tmp_path / "two.npy", np.stack([np.zeros((8, 8)), np.full((8, 8), 8.5)]))
    result = convstep("predict", model_file, "one.npy", "two.npy")
    assert result.stdout.splitlines() == [
        "one.npy: light 100.0%   dark 0.0%",
        "two.npy[0]: dark 100.0%   light 0.0%",
        f"two.npy[1]: light {probability(8.5):.1%}   dark {1 - probability(8.5):.1%}",
    ]


def test_json_is_for_programs(convstep, model_file, tmp_path):
    np.save(tmp_path / "a.npy", np.full((8, 8), 8.5))
    result = convstep("predict", model_file, "a.npy", "none.png", "--json")
    assert result.returncode == 2
    good, bad = json.loads(result.stdout)
    assert good["file"] == "a.npy" and "index" not in good
    assert [found["class"] for found in good["classes"]] == ["light", "dark"]
    np.testing.assert_allclose(good["classes"][0]["probability"], probability(8.5), atol=1e-5)
    assert bad == {"file": "none.png", "error": "none.png: no such file."}


def test_a_file_that_fails_is_told_and_the_others_go_on(convstep, model_file, picture, tmp_path):
    (tmp_path / "text.png").write_text("hello")
    result = convstep("predict", model_file, "text.png", picture("a.png", 255))
    assert result.returncode == 2
    assert result.stdout == "a.png: light 100.0%   dark 0.0%\n"
    assert result.stderr == "convstep predict: text.png: not an image that can be read.\n"


@pytest.mark.parametrize("place", ["none.safetensors", "text.png", "."])
def test_a_model_that_cannot_be_read_is_one_line(convstep, tmp_path, place):
    (tmp_path / "text.png").write_text("hello")
    result = convstep("predict", place, "a.png")
    assert result.returncode == 2
    assert result.stderr.startswith("convstep predict: ") and result.stderr.count("\n") == 1


def test_a_model_without_scores_of_classes_is_refused(convstep, tmp_path):
    Model(Sequential([nn.Conv2D(2, 3)]), input_shape=(8, 8, 1)).save(tmp_path / "m.safetensors")
    np.save(tmp_path / "a.npy", np.ones((8, 8)))
    result = convstep("predict", "m.safetensors", "a.npy")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "convstep predict: MODEL must end in one score for each class; got output (6, 6, 2).\n"
    )


def test_a_model_without_metadata_names_classes_by_number(convstep, model_file, tmp_path):
    model = Model.load(model_file)
    model.metadata.clear()
    model.save(tmp_path / "bare.safetensors")
    np.save(tmp_path / "a.npy", np.full((8, 8), 16))
    result = convstep("predict", "bare.safetensors", "a.npy")
    assert (result.stdout, result.stderr) == ("a.npy: 1 100.0%   0 0.0%\n", "")


def test_a_picture_needs_to_know_the_values_of_black_and_white(
    convstep, model_file, picture, tmp_path
):
    model = Model.load(model_file)
    del model.metadata["value_range"]
    model.save(model_file)
    result = convstep("predict", model_file, picture("a.png", 255))
    assert (result.returncode, result.stdout) == (2, "")
    assert 'model.metadata["value_range"] = [0, 255]' in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("found", [5, [1], [3, 1], ["a", "b"], [0, 0]])
def test_a_range_that_is_none_is_refused(convstep, model_file, tmp_path, found):
    model = Model.load(model_file)
    model.metadata["value_range"] = found
    model.save(model_file)
    np.save(tmp_path / "a.npy", np.ones((8, 8)))
    result = convstep("predict", model_file, "a.npy")
    assert result.returncode == 2
    assert 'two rising numbers as metadata["value_range"]' in result.stderr


def test_a_model_trained_in_python_reads_pictures(convstep, picture, tmp_path):
    graph = Sequential([nn.Normalize(mean=128, std=64), nn.Flatten(), nn.Dense(2)])
    model = Model(graph, input_shape=(4, 4, 1))
    y = np.arange(40) % 2
    x = np.broadcast_to(255 * y[:, None, None], (40, 4, 4))
    model.fit(x, y, epochs=30, optimizer=nn.Adam(0.01), progress="none")
    model.save(tmp_path / "m.safetensors")
    result = convstep("predict", "m.safetensors", picture("a.png", 250), picture("b.png", 5))
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["a.png:", "1"], ["b.png:", "0"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "values, note",
    [
        (np.linspace(0, 1, 64), "values from 0 to 1, and the training images had 0 to 16"),
        (np.linspace(0, 255, 64), "values from 0 to 255, and the training images had 0 to 16"),
        (np.linspace(0, 16, 64), ""),
        (np.linspace(-1, 17, 64), ""),
        (np.full(64, 8), ""),
    ],
)
def test_an_array_in_other_units_is_told(convstep, model_file, tmp_path, values, note):
    np.save(tmp_path / "a.npy", values.reshape(8, 8))
    result = convstep("predict", model_file, "a.npy")
    assert result.returncode == 0
    assert result.stderr == (
        f"convstep predict: a.npy: {note}; an array must be in their units.\n" if note else ""
    )
