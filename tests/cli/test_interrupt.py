"""Ctrl-C during `convstep train`: what is kept, and what is told."""

import json
import signal
import subprocess
import sys
import time
from pkgutil import resolve_name

import numpy as np
import pytest

from convstep.cli import main as cli
from convstep.models import Model


def start(folder, environment, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "convstep", "train", *words, "--out", "run"],
        cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell starts background jobs with SIGINT ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def wait_for(path, process):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("presses", [1, 3])
def test_ctrl_c_keeps_the_best_model_so_far(tmp_path, environment, presses):
    process = start(tmp_path, environment, "--epochs", "1000")
    model = tmp_path / "run" / "model.safetensors"
    wait_for(model, process)
    for _ in range(presses):
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "Interrupted    best epoch so far: " in output
    assert "\nNext           convstep predict run FILE.png\n" in output
    assert output.endswith("\nGo on          convstep train --resume run\n")
    assert "Saved in       run: model.safetensors" in output
    assert Model.load(model).predict_proba(np.zeros((1, 8, 8, 1))).shape == (1, 10)
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert 1 <= history["best_epoch"] <= history["epochs"] < 1000
    assert "result" not in json.loads((tmp_path / "run" / "config.json").read_text())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_before_the_first_epoch_leaves_a_checkpoint(tmp_path, environment):
    x = np.zeros((8000, 64, 64, 3), np.uint8)  # an epoch of seconds
    np.savez(tmp_path / "data.npz", x_train=x, y_train=np.arange(len(x)) % 2)
    process = start(tmp_path, environment, "data.npz")
    wait_for(tmp_path / "run" / "checkpoint.safetensors", process)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "Interrupted    before the first epoch was over: a checkpoint is saved" in output
    assert output.endswith("\nGo on          convstep train --resume run\n")
    assert {path.name for path in (tmp_path / "run").iterdir()} >= {
        "checkpoint.safetensors", "config.json",
    }  # fmt: skip


@pytest.mark.parametrize("moment", ["runs.result", "runs.save_config", "report.accuracy_line"])
def test_ctrl_c_after_the_training_still_says_where_the_model_is(
    tmp_path, monkeypatch, capsys, moment
):
    place = f"convstep.cli.{moment}"
    real = resolve_name(place)

    def interrupted(*given):
        if (tmp_path / "run" / "history.json").exists():
            signal.raise_signal(signal.SIGINT)
        return real(*given)

    monkeypatch.setattr(place, interrupted)
    words = ["train", "--epochs", "1", "--quiet", "--out", str(tmp_path / "run")]
    assert cli.main(words) == 130
    printed = capsys.readouterr().out
    assert "Interrupted    best epoch so far: 1" in printed
    assert f"\nSaved in       {tmp_path / 'run'}:" in printed
    assert (tmp_path / "run" / "model.safetensors").exists()


@pytest.mark.parametrize("interrupted", [False, True])
def test_afterwards_ctrl_c_does_what_it_did_before(tmp_path, monkeypatch, interrupted):
    def mine(number, frame):
        raise AssertionError

    if interrupted:
        monkeypatch.setattr(Model, "fit", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, mine)
    try:
        code = cli.main(["train", "--epochs", "1", "--quiet", "--out", str(tmp_path / "run")])
        assert (code, signal.getsignal(signal.SIGINT)) == (130 if interrupted else 0, mine)
    finally:
        signal.signal(signal.SIGINT, before)
