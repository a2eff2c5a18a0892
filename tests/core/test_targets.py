"""Which instruction set runs: detection, choice, and a forced one."""

import numpy as np
import pytest
from helpers import each_target, needs_core, run_python, succeeds

from convstep import errors
from convstep.ops import compiled
from convstep.ops.geometry import Window

pytestmark = needs_core

# a * b - round(a * b) is 0, unless product and difference are rounded once: by a fused operation.
PROBE = """
    import numpy as np, convstep as cs
    from convstep.ops import compiled
    a = np.full((1, 1, 1, 1), 1 + 2**-12, np.float32)
    y = cs.ops.conv2d(a, a, -(a * a)[0, 0, 0])
    print(compiled.target(), "fused" if y.item() else "plain")
"""


@each_target
def test_the_forced_target_is_what_runs(target):
    name, kind = succeeds(PROBE, CONVSTEP_FORCE_TARGET=target).split()
    assert name == target
    assert kind == ("plain" if target == "baseline" else "fused")


def test_the_first_target_runs_unless_another_is_forced():
    name, _ = succeeds(PROBE, CONVSTEP_FORCE_TARGET="").split()
    assert name == compiled.targets()[0]


@pytest.mark.parametrize(
    "forced", ["mmx", "AVX2", "neon" if "avx2" in compiled.targets() else "avx2"]
)
def test_a_forced_target_that_cannot_run_is_an_error_at_first_use(forced):
    assert succeeds("import convstep", CONVSTEP_FORCE_TARGET=forced) == ""
    done = run_python(PROBE, CONVSTEP_FORCE_TARGET=forced)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("convstep.errors.BackendError: ")
    assert "CONVSTEP_FORCE_TARGET" in last
    assert repr(forced) in last
    assert all(name in last for name in compiled.targets())


@each_target
def test_select_target(target):
    before = compiled.target()
    try:
        compiled.select_target(target)
        assert compiled.target() == target
        with pytest.raises(errors.BackendError, match="got 'sse9'"):
            compiled.select_target("sse9")
        assert compiled.target() == target
    finally:
        compiled.select_target(before)


@each_target
def test_denormals_are_flushed_in_float32_alone_and_the_mode_is_restored(target):
    before = compiled.target()
    compiled.select_target(target)
    try:
        tiny = np.full((1, 1, 1, 1), 1e-40, np.float32)
        window = Window((1, 1), (1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1), (1, 1))
        one = np.ones((1, 1, 1, 1), np.float32)
        assert compiled.conv.conv2d(tiny, one, None, window, 1, None).item() == 0
        assert (tiny * one).item() > 0
        tiny = np.full((1, 1, 1, 1), 1e-310)
        one = np.ones((1, 1, 1, 1))
        assert compiled.conv.conv2d(tiny, one, None, window, 1, None).item() == 1e-310
    finally:
        compiled.select_target(before)
