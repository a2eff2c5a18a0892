import subprocess
import sys

import pytest

import convstep as cs
from convstep.cli import main as cli


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


def test_the_version(convstep):
    result = convstep("--version")
    assert (result.returncode, result.stdout) == (0, f"convstep {cs.__version__}\n")


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "convstep: the following arguments are required: COMMAND (see convstep --help)"),
        (["teach"], "convstep: argument COMMAND: invalid choice: 'teach'"),
        (["train", "--epoch-count", "3"], "unrecognized arguments: --epoch-count"),
        (["train", "--epochs", "0"], "--epochs: must be a whole number from 1; got 0"),
        (["train", "--epochs", "many"], "--epochs: must be a whole number from 1; got many"),
        (["train", "--learning-rate", "nan"], "--learning-rate: must be a number above 0; got nan"),
        (["train", "--seed", "-1"], "--seed: must be a whole number from 0; got -1"),
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


def test_a_reader_that_goes_away_is_no_error(environment, tmp_path):
    command = f"{sys.executable} -m convstep info | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    for _ in range(3):
        result = subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, env=environment, cwd=tmp_path
        )
        assert result.stderr == ""
        assert result.stdout.strip() in ("0", "141")
