"""The page of a training run."""

import json
import re

import numpy as np
import pytest

from convstep import nn
from convstep.cli.main import main
from convstep.graph import Sequential
from convstep.models import Model
from convstep.report import MOST_MISTAKES, training_report
from convstep.training import History


def made(labels, probabilities):
    model = Model(Sequential([nn.Flatten(), nn.Dense(2)]), input_shape=(2, 2, 1))
    history = History()
    history.append({"loss": float("nan"), "accuracy": 0.5})
    images = np.arange(len(labels) * 4, dtype=np.float32).reshape(-1, 2, 2, 1)
    return training_report(
        model, history, images, np.array(labels), np.array(probabilities), {"test_accuracy": 0.5},
        name="run", class_names=["cat", "dog"],
    ).data()  # fmt: skip


def test_mistakes_come_first_by_their_confidence_behind_one_right():
    data = made([0, 0, 1, 1], [[0.4, 0.6], [0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])
    assert [example["title"] for example in data["examples"]] == [
        "Test image 1: cat",
        "Test image 2: dog, taken for cat",
        "Test image 0: cat, taken for dog",
    ]
    assert data["report"]["mistakes"] == 2
    assert data["report"]["history"]["series"]["loss"] == [None]  # NaN


def test_at_most_so_many_are_shown():
    data = made([0] * 50, [[0.1, 0.9]] * 50)
    assert len(data["examples"]) == MOST_MISTAKES
    assert (data["report"]["mistakes"], data["report"]["all_mistakes"]) == (MOST_MISTAKES, 50)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "run"
    assert main(["train", "--quiet", "--epochs", "1", "--out", str(folder)]) == 0
    return folder


def test_a_run_has_a_small_report_of_its_own_numbers(run):
    html = (run / "report.html").read_text(encoding="utf-8")
    assert len(html) < 2_000_000
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html)
    report = json.loads(found[1])["network"]["report"]
    config = json.loads((run / "config.json").read_text())
    assert report["result"] == config["result"]
    series = json.loads((run / "history.json").read_text())["series"]
    assert report["history"]["series"] == series


def test_a_report_that_fails_does_not_lose_the_run(tmp_path, monkeypatch, capsys):
    def broken(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("convstep.report.training_report", broken)
    assert main(["train", "--quiet", "--epochs", "1", "--out", str(tmp_path / "run")]) == 0
    printed = capsys.readouterr()
    assert "report.html could not be written: No space left on device" in printed.err
    assert "report.html" not in printed.out
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["config.json", "history.json", "model.safetensors"]
    assert "result" in json.loads((tmp_path / "run" / "config.json").read_text())
