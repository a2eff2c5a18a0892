"""`convstep lens` on a network: which models and images it takes."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from convstep import nn
from convstep.cli.main import main
from convstep.graph import Sequential
from convstep.models import Model


@pytest.fixture
def saved(tmp_path):
    model = Model(Sequential([nn.Conv2D(2, 3), nn.Flatten(), nn.Dense(3)]), input_shape=(5, 5, 1))
    model.metadata["value_range"] = [0, 1]
    model.save(tmp_path / "model.safetensors")
    np.save(tmp_path / "two.npy", np.random.default_rng(1).random((2, 5, 5, 1)))
    return tmp_path


def written(folder, *arguments):
    out = folder / "page.html"
    assert main(["lens", *map(str, arguments), "--out", str(out)]) == 0
    found = re.search(r'id="data">(.*?)</script>', out.read_text(encoding="utf-8"))
    return json.loads(found[1])["network"]


def test_a_model_or_its_run_folder_is_shown_on_the_images_of_a_file(saved):
    for model in (saved, saved / "model.safetensors"):
        data = written(saved, model, saved / "two.npy", "--class", 1)
        assert [example["title"] for example in data["examples"]] == ["two.npy [0]", "two.npy [1]"]
        assert {example["target"] for example in data["examples"]} == {1}


def test_invert_swaps_dark_and_light(saved):
    image_module = pytest.importorskip("PIL.Image")
    image_module.fromarray(np.full((5, 5), 255, np.uint8)).save(saved / "white.png")
    found = [
        written(saved, saved, saved / "white.png", *option)["layers"][0]["statistics"]["max"]
        for option in ([], ["--invert"])
    ]
    assert found == [1, 0]


def test_a_model_of_signals_takes_an_array(tmp_path):
    Model(Sequential([nn.Conv1D(2, 3)]), input_shape=(9, 2)).save(tmp_path / "signals.safetensors")
    np.save(tmp_path / "one.npy", np.ones((9, 2)))
    data = written(tmp_path, tmp_path / "signals.safetensors", tmp_path / "one.npy")
    assert len(data["examples"]) == 1


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ([], "lens: IMAGE must come with MODEL"),
        (["two.npy", "--tab", "zero_pad"], "lens: --tab must come without MODEL"),
        (["two.npy", "--class", "3"], "target must be one of the model's outputs, 0 to 2"),
        (["none.npy"], "none.npy"),
    ],
)
def test_what_cannot_be_shown_is_told(saved, capsys, monkeypatch, extra, message):
    monkeypatch.chdir(saved)
    assert main(["lens", str(saved), *extra, "--out", "page.html"]) == 2
    assert message in capsys.readouterr().err
    assert not (saved / "page.html").exists()


@pytest.mark.parametrize("option", [["--class", "3"], ["--invert"]])
def test_what_belongs_to_a_network_is_refused_without_one(tmp_path, capsys, option):
    path = tmp_path / "page.html"
    assert main(["lens", *option, "--out", str(path)]) == 2
    assert f"{option[0]} must come with MODEL and IMAGE" in capsys.readouterr().err
    assert not path.exists()


def test_without_out_the_page_is_opened_and_its_place_is_told_before(monkeypatch, capsys):
    told = []
    monkeypatch.setattr("webbrowser.open", lambda uri: told.append((uri, capsys.readouterr().out)))
    assert main(["lens", "--tab", "zero_pad"]) == 0
    ((uri, said),) = told
    place = said.removeprefix("Written to ").strip()
    assert uri == Path(place).as_uri()
    assert '"tab":"zero_pad"' in Path(place).read_text(encoding="utf-8")
