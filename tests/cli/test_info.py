import platform
import re

import numpy as np

import convstep as cs
from convstep.cli.info import facts


def test_it_tells_versions_bodies_and_threads(convstep):
    result = convstep("info")
    assert (result.returncode, result.stderr) == (0, "")
    for text in (cs.__version__, platform.python_version(), np.__version__):
        assert text in result.stdout
    assert re.search(r"^threads +\d+$", result.stdout, re.MULTILINE)
    for operation in cs.backend_info()["operations"]:
        assert re.search(rf"\b{operation}\b", result.stdout)
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_a_core_that_is_missing_is_told_with_the_reason():
    told = facts(
        {"core": False, "reason": "no compiler", "backend": "portable", "target": None,
         "targets": [], "threads": 1, "operations": {"conv2d": "portable"}}
    )  # fmt: skip
    assert told["core"].startswith("not there: no compiler. Install a C++17 compiler")
    assert "CONVSTEP_REQUIRE_CORE=1 pip install ." in told["core"]
    assert "target" not in told
    assert told["compiled code"] == "none"
    assert told["portable code"] == "conv2d"


def test_a_core_that_is_there_is_told_with_its_instruction_set():
    told = facts(
        {"core": True, "reason": "", "backend": "compiled", "target": "avx2",
         "targets": ["avx2", "baseline"], "threads": 2, "operations": {"conv2d": "compiled"}}
    )  # fmt: skip
    assert told["target"] == "avx2 (this machine runs avx2, baseline)"
    assert told["compiled code"] == "conv2d"
