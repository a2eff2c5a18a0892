"""`convstep train --resume`: after SIGKILL at any moment, the bits of a run that was never killed.

CONVSTEP_KILLS sets how many moments are tried (3).
"""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from convstep import nn
from convstep.graph import Sequential
from convstep.models import Model

KILLS = int(os.environ.get("CONVSTEP_KILLS", "3"))
WORDS = ("--epochs", "8", "--batch-size", "64", "--checkpoint-every", "4", "--quiet")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")


def start(folder, environment, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "convstep", "train", *words],
        cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def outcome(folder):
    """All that a run leaves, but for times."""
    history = json.loads((folder / "history.json").read_text())
    config = json.loads((folder / "config.json").read_text())
    del history["series"]["seconds"], config["result"]["seconds"]
    model = (folder / "model.safetensors").read_bytes()
    names = sorted(path.name for path in folder.iterdir())
    return names, model, history, config["result"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that was never killed, and how long its training took."""
    folder = tmp_path_factory.mktemp("whole")
    process = start(folder, os.environ, *WORDS, "--out", "run")
    wait_for(folder / "run" / "config.json", process)
    began = time.monotonic()
    assert process.wait(120) == 0
    process.communicate()
    return outcome(folder / "run"), time.monotonic() - began


def wait_for(path, process):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.002)


def killed(process, after):
    """Kill a process after so many seconds, if it is still there."""
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    return process.returncode == -signal.SIGKILL


def finish(folder, environment, *words):
    process = start(folder, environment, "--resume", "run", "--quiet", *words)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert errors == ""


@pytest.mark.parametrize("number", range(KILLS))
def test_a_killed_run_goes_on_with_the_same_bits(whole, tmp_path, environment, number):
    """Killed at a random moment, and once more after it went on."""
    expected, seconds = whole
    moments = random.Random(f"{number} {os.environ.get('CONVSTEP_KILL_SEED', '')}")
    process = start(tmp_path, environment, *WORDS, "--out", "run")
    wait_for(tmp_path / "run" / "config.json", process)
    killed(process, moments.uniform(0, 1.1 * seconds))
    again = start(tmp_path, environment, "--resume", "run", "--quiet")
    killed(again, moments.uniform(0.2, 0.2 + seconds))
    finish(tmp_path, environment)
    assert outcome(tmp_path / "run") == expected


KILL_IN_WRITE = """
import os, signal
from convstep import atomic
real, written = os.fsync, []
def fsync(descriptor):
    written.append(1)
    if len(written) == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)
os.fsync = fsync
"""


@pytest.mark.parametrize("at", [2, 3, 9, 40])
def test_killed_while_a_file_is_written(whole, tmp_path, environment, at):
    (tmp_path / "sitecustomize.py").write_text(KILL_IN_WRITE.format(at=at))
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    process = start(tmp_path, environment | {"PYTHONPATH": paths}, *WORDS, "--out", "run")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert any(path.suffix == ".part" for path in (tmp_path / "run").iterdir())
    finish(tmp_path, environment)
    assert outcome(tmp_path / "run") == whole[0]


def test_ctrl_c_and_go_on(whole, tmp_path, environment):
    process = start(tmp_path, environment, *WORDS, "--out", "run")
    wait_for(tmp_path / "run" / "model.safetensors", process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    if process.returncode == 130:  # else it was over by then
        finish(tmp_path, environment, "--workers", "2")
    assert outcome(tmp_path / "run") == whole[0]


def test_a_finished_run_says_so(whole, tmp_path, environment, convstep):
    assert convstep("train", "--epochs", 1, "--quiet", "--out", "run").returncode == 0
    before = outcome(tmp_path / "run")
    result = convstep("train", "--resume", "run")
    assert result.returncode == 0 and "Finished       run is a run that came" in result.stdout
    assert outcome(tmp_path / "run") == before


def test_data_is_found_from_another_folder(tmp_path, environment):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x_train=rng.random((60, 5, 9, 2)), y_train=np.arange(60) % 3)
    words = ("data.npz", "--epochs", "2", "--seed", "3", "--quiet")
    for out in ("whole", "run"):
        process = start(tmp_path, environment, *words, "--out", out)
        if out == "run":
            wait_for(tmp_path / "run" / "checkpoint.safetensors", process)
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    (tmp_path / "elsewhere").mkdir()
    process = start(tmp_path / "elsewhere", environment, "--resume", "../run", "--quiet")
    assert process.communicate(timeout=60)[1] == ""
    assert outcome(tmp_path / "run") == outcome(tmp_path / "whole")


# ------------------------------------------------------------------ what goes wrong


@pytest.fixture
def stopped(tmp_path, environment):
    """The folder of a run that was killed."""
    process = start(tmp_path, environment, "--epochs", "500", "--quiet", "--out", "run")
    wait_for(tmp_path / "run" / "checkpoint.safetensors.previous", process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    return tmp_path / "run"


@pytest.mark.parametrize(
    "words, message",
    [
        (["--resume", "none"], "none: no such run folder."),
        (["--resume", "empty"], "empty: no run to go on with: there is no config.json."),
        (["--resume", "bad"], "config.json: damaged, or of an"),
        (["--resume", "poor"], "config.json: damaged, or of an"),
        (["--resume", "bad", "x.npz"], "config.json: damaged, or of an"),
        (["--resume", "run", "x.npz"], "DATA must come without --resume; got 'x.npz'"),
        (["--resume", "run", "--epochs", "3"], "--epochs must come without --resume; got 3"),
        (["--resume", "run", "--out", "b"], "--out must come without --resume; got 'b'"),
    ],
)
def test_what_cannot_go_on_is_one_line(convstep, stopped, tmp_path, words, message):
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.json").write_text("{")
    (tmp_path / "poor").mkdir()
    poor = '{"format": "convstep config", "version": 1, "options": {}}'
    (tmp_path / "poor" / "config.json").write_text(poor)
    result = convstep("train", *words)
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert result.stderr.startswith("convstep train: ") and message in result.stderr


def test_a_run_that_is_worked_on_is_left_alone(convstep, tmp_path, environment):
    pytest.importorskip("fcntl")
    process = start(tmp_path, environment, "--epochs", "500", "--quiet", "--out", "run")
    wait_for(tmp_path / "run" / "checkpoint.safetensors", process)
    result = convstep("train", "--resume", "run")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert result.returncode == 2 and result.stderr.count("\n") == 1
    assert "--resume must be a run that no other process works on; got 'run'" in result.stderr
    assert (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_a_checkpoint_that_may_not_be_read_is_not_called_damaged(stopped, monkeypatch):
    def refused(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    model = Model(Sequential([nn.Flatten(), nn.Dense(2)]), input_shape=(2, 2, 1))
    monkeypatch.setattr(Path, "open", refused)  # root may read everything
    with pytest.raises(PermissionError):
        model.fit(
            np.ones((4, 2, 2, 1)), [0, 1, 0, 1], epochs=1, progress="none",
            checkpoint=stopped / "checkpoint.safetensors", resume=True,
        )  # fmt: skip


def test_a_damaged_checkpoint_says_what_to_do(convstep, stopped):
    path = stopped / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    result = convstep("train", "--resume", "run")
    assert result.returncode == 2
    assert "run/checkpoint.safetensors is damaged" in result.stderr
    assert "Move run/checkpoint.safetensors.previous" in result.stderr


def test_data_that_changed_is_told(convstep, tmp_path, environment):
    x = np.random.default_rng(0).random((60, 5, 5, 1))
    np.savez(tmp_path / "data.npz", x_train=x, y_train=np.arange(60) % 3)
    process = start(tmp_path, environment, "data.npz", "--epochs", "5000", "--out", "run")
    wait_for(tmp_path / "run" / "checkpoint.safetensors", process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    np.savez(tmp_path / "data.npz", x_train=x[:50], y_train=np.arange(50) % 3)
    result = convstep("train", "--resume", "run", "--quiet")
    assert result.returncode == 2 and "as in the run that began" in result.stderr
