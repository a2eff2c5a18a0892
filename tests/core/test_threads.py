"""Threads: the same bits for any number of them, many callers, forks, defaults, errors."""

import os
import sys
import threading

import numpy as np
import pytest
from helpers import each_dtype, needs_core, succeeds

import convstep as cs
from convstep.ops.geometry import integer

COUNTS = (2, 3, 4, 7)
SHAPES = [  # x, weight; enough work that threads are used
    ((4, 20, 20, 16), (3, 3, 16, 24)),
    ((1, 60, 60, 3), (5, 5, 3, 8)),
    ((2, 6, 6, 256), (1, 1, 256, 200)),
    ((32, 8, 8, 1), (3, 3, 1, 33)),
]


@pytest.fixture(autouse=True)
def _as_many_threads_afterwards():
    before = cs.get_num_threads()
    yield
    cs.set_num_threads(before)


def results(shape, dtype, groups=1):
    rng = np.random.default_rng(5)
    x, weight = (rng.standard_normal(s).astype(dtype) for s in shape)
    y = cs.ops.conv2d(x, weight, padding="same", groups=groups)
    return y, *cs.ops.conv2d_backward(y, x, weight, padding="same", groups=groups)


def same_bits(a, b):
    return all(p.tobytes() == q.tobytes() for p, q in zip(a, b, strict=True))


@needs_core
@each_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_same_bits_for_any_number_of_threads(shape, dtype):
    cs.set_num_threads(1)
    alone = results(shape, dtype)
    for count in COUNTS:
        cs.set_num_threads(count)
        for _ in range(3):
            assert same_bits(alone, results(shape, dtype)), count


@needs_core
def test_eight_callers_side_by_side():
    cs.set_num_threads(1)
    alone = results(SHAPES[0], np.float32)
    cs.set_num_threads(3)
    right = []
    callers = [
        threading.Thread(
            target=lambda: right.extend(
                same_bits(alone, results(SHAPES[0], np.float32)) for _ in range(10)
            )
        )
        for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert right == [True] * 80


PRELUDE = """
    import os, sys, threading
    import numpy as np, convstep as cs
    x, w = np.ones((4, 20, 20, 16), np.float32), np.ones((3, 3, 16, 24), np.float32)
"""


@needs_core
@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_callers_do_not_multiply_threads():
    code = """
    import time
    def threads():
        return len(os.listdir("/proc/self/task"))
    def compute():
        for _ in range(20):
            cs.ops.conv2d(x, w)
    cs.set_num_threads(4)
    before = threads()
    callers = [threading.Thread(target=compute) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    until = time.monotonic() + 5
    while threads() > before + 3 and time.monotonic() < until:
        time.sleep(0.01)  # the system sees the end of a thread a little after join does
    print(threads() - before)
    """
    assert int(succeeds(PRELUDE + code)) <= 3


@needs_core
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_works():
    code = """
    cs.set_num_threads(4)
    y = cs.ops.conv2d(x, w)
    for _ in range(5):
        child = os.fork()
        if child == 0:
            os._exit(0 if (cs.ops.conv2d(x, w) == y).all() else 3)
        assert os.waitpid(child, 0)[1] == 0
        assert (cs.ops.conv2d(x, w) == y).all()
    """
    succeeds(PRELUDE + code, PYTHONWARNINGS="ignore::DeprecationWarning")


@needs_core
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_another_thread_computes_works():
    code = """
    cs.set_num_threads(2)
    stop = threading.Event()
    def compute():
        while not stop.is_set():
            cs.ops.conv2d(x, w)
    other = threading.Thread(target=compute)
    other.start()
    for _ in range(20):
        child = os.fork()
        if child == 0:
            cs.ops.conv2d(x, w)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    stop.set()
    other.join()
    """
    succeeds(PRELUDE + code, PYTHONWARNINGS="ignore::DeprecationWarning")


@needs_core
def test_the_interpreter_ends_while_a_daemon_computes():
    code = """
    def compute():
        while True:
            cs.ops.conv2d(x, w)
    threading.Thread(target=compute, daemon=True).start()
    cs.ops.conv2d(x, w)
    """
    succeeds(PRELUDE + code)


SHOW = "import convstep as cs; print(cs.get_num_threads())"


@needs_core
@pytest.mark.parametrize(("value", "threads"), [("3", 3), ("5,2", 5)])
def test_omp_num_threads_is_honoured(value, threads):
    assert int(succeeds(SHOW, OMP_NUM_THREADS=value)) == threads


@needs_core
@pytest.mark.parametrize("value", ["", "0", "-2", "many"])
def test_a_senseless_omp_num_threads_is_ignored(value):
    assert int(succeeds(SHOW, OMP_NUM_THREADS=value)) == int(succeeds(SHOW, OMP_NUM_THREADS=""))


@needs_core
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_affinity_bounds_the_default():
    one = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    assert int(succeeds(one + SHOW, OMP_NUM_THREADS="")) == 1


@pytest.mark.parametrize("n", [0, -1, 1025, 10**30, 1.0, True, "2", None])
def test_a_number_of_threads_is_an_integer_from_1_to_1024(n):
    with pytest.raises(cs.errors.ArgumentError, match=r"^set_num_threads: n must be "):
        cs.set_num_threads(n)


@needs_core
@pytest.mark.parametrize("n", [1, 2, 1024, np.int64(3), np.uint8(4)])
def test_the_number_that_was_set_is_told(n):
    cs.set_num_threads(n)
    assert cs.get_num_threads() == integer("", "", n, 1)


def test_threadpoolctl_limits_the_core_and_gives_back():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = cs.get_num_threads()
    pools = threadpoolctl.threadpool_info()
    assert [pool["num_threads"] for pool in pools if pool["user_api"] == "convstep"] == [before]
    with threadpoolctl.threadpool_limits(3, user_api="convstep"):
        assert cs.get_num_threads() == 3
    assert cs.get_num_threads() == before
