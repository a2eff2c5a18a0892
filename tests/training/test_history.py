import json
import math

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
