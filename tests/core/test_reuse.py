"""Memory of results that is used again: within a scope, up to a bound, and given back."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from helpers import needs_core, succeeds

import convstep as cs
from convstep.ops.compiled import memory

pytestmark = needs_core

LARGE, FLOAT32 = (64, 1024), np.dtype(np.float32)  # 256 KiB


def address(x):
    return x.__array_interface__["data"][0]


def test_memory_that_was_let_go_serves_the_next_result():
    with memory.reuse():
        x = memory.empty(LARGE, FLOAT32)
        first = address(x)
        del x
        again = memory.empty((1024, 64), FLOAT32)
        assert address(again) == first
        assert again.shape == (1024, 64)
        assert again.flags.c_contiguous
        assert again.flags.writeable


def test_memory_in_use_is_nobody_elses():
    with memory.reuse():
        x = memory.empty(LARGE, FLOAT32)
        x[...] = 1
        view = x[3:]
        del x
        gc.collect()
        other = memory.empty(LARGE, FLOAT32)
        other[...] = 2
        assert not np.shares_memory(view, other)
        assert (view == 1).all()


def test_outside_and_for_small_arrays_it_is_numpys():
    assert memory.empty(LARGE, FLOAT32).base is None
    with memory.reuse():
        assert memory.empty((3, 5), FLOAT32).base is None
        assert memory.empty(7, FLOAT32).shape == (7,)
    assert memory.empty(LARGE, FLOAT32).base is None


def test_results_outlive_the_scope():
    with memory.reuse():
        x = memory.empty(LARGE, FLOAT32)
        x[...] = 5
    with memory.reuse():
        y = memory.empty(LARGE, FLOAT32)
        y[...] = 6
    assert (x == 5).all()
    assert (y == 6).all()


def test_scopes_nest():
    with memory.reuse():
        with memory.reuse():
            x = memory.empty(LARGE, FLOAT32)
            first = address(x)
            del x
        x = memory.empty(LARGE, FLOAT32)
        assert address(x) == first


def test_the_bits_are_the_same():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((4, 16, 16, 32)), rng.standard_normal((3, 3, 32, 32))

    def all_results():
        y = cs.ops.conv2d(x, weight, activation="relu")
        grads = cs.ops.conv2d_backward(cs.ops.relu_backward(y, y), x, weight)
        return [part.tobytes() for part in (y, *grads)]

    plain = all_results()
    with memory.reuse():
        assert [all_results() for _ in range(3)] == [plain] * 3


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_what_waits_is_bounded_and_given_back():
    """Sizes that change from call to call would pile up; all goes back at the end."""
    code = """
    import numpy as np
    from pathlib import Path
    from convstep.ops.compiled import memory
    def resident():
        text = Path("/proc/self/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0]) / 1024
    memory.empty(10, np.dtype("f4"))
    before = resident()
    with memory.reuse():
        for megabytes in (64, 50, 40, 30, 20, 10):
            memory.empty(megabytes << 18, np.dtype("f4")).fill(1)
        within = resident()
    print(within - before < 100, resident() - before < 10)
    """
    assert succeeds(code) == "True True"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_works():
    code = """
    import os
    import numpy as np
    from convstep.ops.compiled import memory
    with memory.reuse():
        x = memory.empty(1 << 20, np.dtype("f4"))
        child = os.fork()
        if child == 0:
            del x
            os._exit(0 if memory.empty(1 << 20, np.dtype("f4")).size else 3)
        assert os.waitpid(child, 0)[1] == 0
    """
    succeeds(code, PYTHONWARNINGS="ignore::DeprecationWarning")
