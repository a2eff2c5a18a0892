"""The examples run, and the networks in them learn."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("sklearn")

EXAMPLES = Path(__file__).parents[2] / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_digits(capsys):
    assert load("digits_pipeline").main(["--quick"]) > 0.85
    assert "best: " in capsys.readouterr().out


def test_the_signals(capsys):
    means = load("signals").main(["--quick"])
    assert set(means) == {"default", "wide"} and min(means.values()) > 0.8
