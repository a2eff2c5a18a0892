"""The bodies that operations can run on, and the choice of one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import convstep as cs
from convstep.ops import compiled

REQUIRED = os.environ.get("CONVSTEP_REQUIRE_CORE") == "1"
FORCED = os.environ.get("CONVSTEP_FORCE_TARGET")
TARGETS = [FORCED] if FORCED else compiled.targets()
COMPILED = [f"compiled-{target}" for target in TARGETS] or ["compiled"]
BODIES = ["portable", *COMPILED]


@contextmanager
def running(name: str) -> Iterator[None]:
    """Run operations on the body of this name; skip, or fail if the core must be there."""
    backend, _, target = name.partition("-")
    if backend == "portable":
        with cs.use_backend("portable"):
            yield
        return
    if not compiled.available():
        missing = f"the compiled core is not there: {compiled.unavailable_reason()}"
        pytest.fail(missing) if REQUIRED else pytest.skip(missing)
    before = compiled.target()
    with cs.use_backend("compiled"):
        compiled.select_target(target)
        assert compiled.target() == target
        try:
            yield
        finally:
            compiled.select_target(before)
