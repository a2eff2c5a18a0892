import sys

import numpy as np
import pytest

import convstep as cs
from convstep.cli import bench, stopwatch
from convstep.cli.main import main

SMALL = (
    bench.Layer("plain", (2, 6, 6, 3), 3, 4),
    bench.Layer("strided", (1, 7, 7, 4), 3, 4, 2),
    bench.Layer("depthwise", (1, 5, 5, 4), 3, 4, 1, 4),
)


@pytest.fixture
def small(monkeypatch):
    """Small layers and the shortest bursts, in this process; its threads are given back."""
    monkeypatch.setattr(bench, "LAYERS", SMALL)
    monkeypatch.setattr(stopwatch, "BURST", 0)
    monkeypatch.setattr(stopwatch, "WARM_UP", 0)
    threads = cs.get_num_threads()
    yield
    cs.set_num_threads(threads)


@pytest.fixture
def no_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)


def test_the_quick_form_times_the_forward_of_each_layer(convstep):
    result = convstep("bench", "--quick", "--threads", "1")
    assert result.returncode == 0, result.stderr
    title, columns, *lines, means = result.stdout.splitlines()
    assert cs.__version__ in title and "threads: 1" in title
    assert "NumPy" in columns
    for layer, line in zip(bench.LAYERS, lines, strict=True):
        assert line.startswith(layer.title) and "forward" in line and " us x " in line
    assert means.startswith("geometric mean")
    assert max(map(len, result.stdout.splitlines())) < 80


def test_each_operation_is_timed_without_torch_too(small, no_torch, capsys):
    assert main(["bench"]) == 0
    told = capsys.readouterr()
    lines = told.out.splitlines()[2:-1]
    assert len(lines) == len(SMALL) * len(bench.OPERATIONS)
    assert all(line.count(" x ") == 1 for line in lines)
    assert "PyTorch is not installed" in told.err


def test_torch_does_the_same_work():
    torch = pytest.importorskip("torch")
    for layer in SMALL:
        arrays = bench._arrays(layer)
        for operation in bench.OPERATIONS:
            calls = bench._calls(layer, operation, arrays, torch)
            right = calls.pop("NumPy")()
            assert len(calls) == 3
            for name, call in calls.items():
                result = call()
                if isinstance(result, tuple):  # the gradients, None where not asked for
                    (result,) = (part for part in result if part is not None)
                if name != "convstep":
                    axes = (2, 3, 1, 0) if operation == "weight_grad" else (0, 2, 3, 1)
                    result = result.permute(*axes).numpy()
                np.testing.assert_allclose(result, right, rtol=1e-5, atol=1e-5)


def test_a_wrong_result_is_told_and_not_timed(small, no_torch, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_error", lambda calls: np.nan)
    monkeypatch.setattr(bench, "burst", None)
    assert main(["bench", "--quick"]) == 1
    assert capsys.readouterr().out.count("WRONG") == len(SMALL)


def test_more_threads_than_there_can_be_are_bad_usage(small, no_torch, capsys):
    assert main(["bench", "--threads", "5000"]) == 2
    assert "must be at most 1024; got 5000" in capsys.readouterr().err


def test_a_burst_calls_at_least_so_often_that_a_median_means_something(small):
    calls = []
    assert stopwatch.burst(lambda: calls.append(1)) > 0
    assert len(calls) >= 4  # the first is not counted
