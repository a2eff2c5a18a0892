"""Installing from source: with a compiler, with a broken one, without any.

Each builds a package, so all are slow; CI runs them with ``pytest tests/packaging -m slow``.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SHOW = """
import convstep as cs
info = cs.backend_info()
print(info["core"], info["backend"], info["reason"])
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A copy of what is in the tree, without build folders."""
    copy = tmp_path_factory.mktemp("source") / "convstep"
    skipped = shutil.ignore_patterns(
        "build", "dist", ".git", "*.so", "__pycache__", ".*cache", "runs"
    )
    shutil.copytree(ROOT, copy, ignore=skipped)
    return copy


def build(source, target, **environment):
    """Build a wheel and unpack it into the folder `target`; return the process and the wheel."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-v", "-w", target, source]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("CONVSTEP_")}
    done = subprocess.run(
        command, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )
    wheels = list(Path(target).glob("*.whl"))
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(target / "site")
    return done, wheels[0].name if wheels else None


def shown(site):
    """What the package in `site` says about itself, from a folder where nothing else is found."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_with_a_compiler(source, tmp_path):
    done, wheel = build(source, tmp_path, CONVSTEP_REQUIRE_CORE="1")
    assert done.returncode == 0, done.stdout
    version = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    assert (f"-{version}-" if version == "cp311" else "-cp312-abi3-") in wheel
    names = {path.name for path in (tmp_path / "site").iterdir()}
    assert names == {"convstep", "convstep-0.1.0.dist-info"}
    assert (tmp_path / "site/convstep/py.typed").exists()
    assert shown(tmp_path / "site") == "True compiled None"


def without_compiler(tmp_path):
    """A PATH that holds this Python and no compiler, cmake or ninja."""
    return {"PATH": str(Path(sys.executable).parent), "CXX": "", "CC": ""}


BROKEN = {
    "a compiler that fails": lambda _: {"CXX": "/bin/false"},
    "no compiler on the PATH": without_compiler,
}


@pytest.mark.parametrize("how", BROKEN)
def test_without_a_compiler_it_is_pure_python_and_says_so(how, source, tmp_path):
    done, wheel = build(source, tmp_path, **BROKEN[how](tmp_path))
    assert done.returncode == 0, done.stdout
    assert wheel == "convstep-0.1.0-py3-none-any.whl"
    assert "without its compiled core" in done.stdout + done.stderr
    assert shown(tmp_path / "site") == "False portable installed without it"


@pytest.mark.parametrize("how", BROKEN)
def test_without_a_compiler_a_required_core_is_an_error(how, source, tmp_path):
    done, wheel = build(source, tmp_path, CONVSTEP_REQUIRE_CORE="1", **BROKEN[how](tmp_path))
    assert done.returncode != 0
    assert wheel is None


def test_a_pure_package_can_be_wanted(source, tmp_path):
    done, wheel = build(source, tmp_path, CONVSTEP_PURE_PYTHON="1")
    assert done.returncode == 0, done.stdout
    assert wheel == "convstep-0.1.0-py3-none-any.whl"
