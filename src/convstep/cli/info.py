"""Show the version, and which code runs each operation.

example: convstep info
"""

import argparse
import os
import platform
from typing import Any

import numpy as np

import convstep
from convstep.cli.terminal import wrapped

_REMEDY = (
    "Install a C++17 compiler and then convstep again; CONVSTEP_REQUIRE_CORE=1 pip install . "
    "shows why it does not build."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(args: argparse.Namespace) -> int:
    """Print one fact to a line."""
    for name, fact in facts(convstep.backend_info()).items():
        print(wrapped(name, fact))
    return 0


def facts(backend: dict[str, Any]) -> dict[str, str]:
    """Word what `backend_info` says, and the versions."""
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    described = {
        "convstep": convstep.__version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()}, {system})",
        "NumPy": np.__version__,
        "core": "compiled" if backend["core"] else f"not there: {backend['reason']}. {_REMEDY}",
        "backend": backend["backend"],
    }
    if backend["core"]:
        others = ", ".join(backend["targets"])
        described["target"] = f"{backend['target']} (this machine runs {others})"
    described["threads"] = str(backend["threads"])
    for body in ("compiled", "portable"):
        names = [name for name, runs in backend["operations"].items() if runs == body]
        described[f"{body} code"] = ", ".join(names) or "none"
    return described
