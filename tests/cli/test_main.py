import errno
import importlib
import subprocess
import sys

import numpy as np
import pytest

import convstep as cs
from convstep import nn
from convstep.cli import main as cli
from convstep.graph import Sequential
from convstep.models import Model


def test_help_lists_the_commands(convstep):
    result = convstep("--help")
    assert result.returncode == 0
    for name, summary in cli.COMMANDS.items():
        assert name in result.stdout
        assert summary.split(",")[0] in result.stdout


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_the_help_of_each_command_shows_an_example(convstep, command):
    result = convstep(command, "--help")
    assert result.returncode == 0
    assert f"example: convstep {command}" in result.stdout
    assert max(map(len, result.stdout.splitlines())) < 80


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_is_folded_to_the_terminal(convstep, environment, command):
    result = convstep(command, "--help", env={**environment, "COLUMNS": "60"})
    lines = [line for line in result.stdout.splitlines() if not line.startswith("example:")]
    assert max(map(len, lines)) < 60
    assert "examples:" not in result.stdout and "\nexample: convstep" in result.stdout


def test_the_version(convstep):
    result = convstep("--version")
    assert (result.returncode, result.stdout) == (0, f"convstep {cs.__version__}\n")


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "convstep: the following arguments are required: COMMAND (see convstep --help)"),
        (["teach"], "convstep: argument COMMAND: invalid choice: 'teach'"),
        (
            ["train", "--epoch-count", "3"],
            "convstep train: unrecognized arguments: --epoch-count (see convstep train --help)",
        ),
        (["train", "--out", ""], "--out: must name a folder; got ''"),
        (["predict", "model", "a.png", "--top", "0"], "--top: must be a whole number from 1 to"),
        (
            ["train", "--epochs", "0"],
            "--epochs: must be a whole number from 1 to 2147483647; got 0",
        ),
        (
            ["train", "--epochs", "many"],
            "--epochs: must be a whole number from 1 to 2147483647; got many",
        ),
        (["train", "--epochs", "99999999999"], "--epochs: must be a whole number from 1 to"),
        (["train", "--seed", "9" * 5000], "--seed: must be a whole number from 0 to"),
        (["train", "--learning-rate", "nan"], "--learning-rate: must be a number above 0; got nan"),
        (["train", "--seed", "-1"], "--seed: must be a whole number from 0 to 2147483647; got -1"),
        (["train", "--split", "odd"], "--split: invalid choice: 'odd'"),
        (["predict"], "the following arguments are required: MODEL, FILE"),
    ],
)
def test_bad_usage_is_one_line_and_exit_code_2(convstep, words, message):
    result = convstep(*words)
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1 and result.stdout == ""


def test_a_command_that_does_not_run_is_not_imported():
    code = (
        "import sys; from convstep.cli.main import main\n"
        "main(['info'])\n"
        "print([name for name in sys.modules if name in ('convstep.nn', 'convstep.cli.train')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's redirections")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["info", "train --epochs 1", "predict runs/digits-1 a.npy"])
def test_closed_outputs_are_no_error(environment, tmp_path, closed, words):
    if words.startswith("predict"):
        model = Model(Sequential([nn.Flatten(), nn.Dense(2)]), input_shape=(2, 2, 1))
        (tmp_path / "runs" / "digits-1").mkdir(parents=True)
        model.save(tmp_path / "runs" / "digits-1" / "model.safetensors")
        np.save(tmp_path / "a.npy", np.ones((2, 2)))
    command = ["bash", "-c", f"{sys.executable} -m convstep {words} {closed}"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    if words.startswith("train"):
        assert (tmp_path / "runs" / "digits-1" / "model.safetensors").exists()


def test_ctrl_c_while_a_command_is_imported_is_quiet(monkeypatch, capsys):
    def interrupt(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib, "import_module", interrupt)
    assert cli.main(["info"]) == 130
    assert capsys.readouterr() == ("", "")


def test_an_error_of_the_system_names_the_file_and_the_reason(monkeypatch, capsys):
    def fail(args):
        raise OSError(errno.ENOSPC, "No space left on device", "runs/a/config.json")

    monkeypatch.setattr("convstep.cli.info.run", fail)
    assert cli.main(["info"]) == 2
    told = "convstep info: runs/a/config.json: No space left on device\n"
    assert capsys.readouterr().err == told


def test_a_reader_that_goes_away_is_no_error(environment, tmp_path):
    command = f"{sys.executable} -m convstep info | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    for _ in range(3):
        result = subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, env=environment, cwd=tmp_path
        )
        assert result.stderr == ""
        assert result.stdout.strip() in ("0", "141")
