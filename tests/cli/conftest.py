import os
import subprocess
import sys

import pytest


@pytest.fixture
def environment():
    """An environment without the settings that change what commands print."""
    unwanted = {"NO_COLOR", "COLUMNS", "FORCE_COLOR"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


@pytest.fixture
def convstep(tmp_path, environment):
    """Run the command in a process of its own, in an empty folder."""

    def run(*words, **options):
        command = [sys.executable, "-m", "convstep", *map(str, words)]
        options = {"cwd": tmp_path, "env": environment, "timeout": 120, "text": True} | options
        return subprocess.run(command, capture_output=True, check=False, **options)

    return run
