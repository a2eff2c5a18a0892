"""Times one call beside others, in bursts that the others' idle threads cannot disturb.

Every library keeps a pool of threads, and an idle thread spins for a while, in case there is more
to do, before it sleeps: OpenMP's (PyTorch) for milliseconds, ONNX Runtime's for tens of them.
Spinning threads of one library take the processors of the next. So before each burst we wait until
the process uses no more processor time, and the first calls of a burst, which wake the threads and
fill the caches, are not counted.
"""

import statistics
import time
from collections.abc import Callable

BURST = 0.02  # seconds of calls that count
WARM_UP = 0.003  # seconds of calls before them
SAMPLE = 20e-6  # shorter calls are timed several at once
REST = 0.01  # seconds: Linux adds up other threads' time once a tick, which takes up to this long


def burst(call: Callable[[], object]) -> float:
    """Return the median time of one call, in a burst of them, in seconds."""
    settle()
    calls, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < WARM_UP or calls < 1:
        call()
        calls += 1
    repeat = max(1, round(SAMPLE * calls / passed))
    samples: list[float] = []
    start = now = time.perf_counter()
    while now - start < BURST or len(samples) < 3:
        before = now
        for _ in range(repeat):
            call()
        now = time.perf_counter()
        samples.append((now - before) / repeat)
    return statistics.median(samples)


def settle(longest: float = 0.5) -> None:
    """Wait until no thread of this process is running."""
    end = time.perf_counter() + longest
    while time.perf_counter() < end:
        busy, start = time.process_time(), time.perf_counter()
        time.sleep(REST)
        if time.process_time() - busy < 0.1 * (time.perf_counter() - start):
            return
