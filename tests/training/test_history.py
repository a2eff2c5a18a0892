import json
import math
import sys

import numpy as np
import pytest

import convstep as cs
from convstep.training import History


def test_series_are_arrays():
    history = History()
    history.append({"loss": 2.0, "accuracy": 0.5})
    history.append({"loss": 1.0, "accuracy": 0.75})
    np.testing.assert_array_equal(history["loss"], [2, 1])
    assert history.names == ("loss", "accuracy")
    assert history.epochs == 2
    assert repr(history) == "History(epochs=2, names=('loss', 'accuracy'))"


def test_an_unknown_name_is_told_the_known_ones():
    history = History()
    history.append({"loss": 2.0})
    with pytest.raises(
        cs.errors.MissingKeyError, match=r"name must be one of \('loss',\); got 'x'"
    ):
        history["x"]


def test_the_file(tmp_path):
    history = History()
    history.append({"loss": 2.0, "accuracy": 0.5})
    history.append({"loss": math.nan, "accuracy": 0.75})
    history.best_epoch = 1
    history.save(tmp_path / "history.json")
    assert json.loads((tmp_path / "history.json").read_text()) == {
        "format": "convstep history",
        "version": 1,
        "best_epoch": 1,
        "epochs": 2,
        "series": {"loss": [2.0, None], "accuracy": [0.5, 0.75]},
    }
    assert [path.name for path in tmp_path.iterdir()] == ["history.json"]


def test_what_is_taken_out_can_be_put_back():
    history = History()
    history.append({"loss": math.inf, "accuracy": 0.5})
    history.best_epoch = 1
    other = History()
    other.update(json.loads(json.dumps(history.to_dict())))
    assert other.to_dict() == history.to_dict()
    other.append({"loss": 1.0, "accuracy": 1.0})
    assert history.epochs == 1 and other.epochs == 2


def test_a_plot_shows_each_number_over_the_epochs(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    history = History()
    for loss in (2.0, 1.0, math.nan):
        history.append({"loss": loss, "validation_loss": 2 * loss, "rate": 0.1, "seconds": 9.0})
    history.best_epoch = 2
    figure = history.plot()
    loss, rate = figure.axes
    assert (loss.get_ylabel(), rate.get_ylabel(), loss.get_xlabel()) == ("loss", "rate", "epoch")
    assert [line.get_label() for line in loss.lines] == ["training", "validation", "best epoch"]
    assert loss.lines[0].get_xydata()[:2].tolist() == [[1, 2], [2, 1]]
    assert loss.lines[1].get_xydata()[:2].tolist() == [[1, 4], [2, 2]]
    figure.savefig(tmp_path / "history.png")


def test_a_plot_of_nothing():
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    assert len(History().plot().axes) == 1


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(cs.errors.MissingExtraError, match=r"pip install 'convstep\[plot\]'"):
        History().plot()
