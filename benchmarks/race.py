"""Time several functions against each other, so that what disturbs one disturbs all.

Every library keeps a pool of threads, and an idle thread spins for a while, in case there is more
to do, before it sleeps: libgomp's (PyTorch) and ONNX Runtime's for milliseconds. Spinning threads
of the one side take the other side's processors. So the contestants take turns in bursts: before
each burst we wait until the process uses no more processor time, and the first calls of a burst,
which wake the threads and fill the caches, are not counted.
"""

import statistics
import time
from collections.abc import Callable, Mapping

BURST = 0.02  # seconds of calls that count
WARM_UP = 0.003  # seconds of calls before them
SLOW = 0.01  # of calls longer than this one burst is a round, else three
SAMPLE = 20e-6  # shorter calls are timed several at once
FAR = 1.3  # who takes so much longer than its own better variant is not asked again

Times = dict[str, list[float]]


def race(contestants: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """Return seconds per call, one median for each round, of each contestant.

    Names such as "torch channels_last" are variants of "torch": one much slower than its sister
    leaves after the first round, its list stays short.
    """
    times: Times = {name: [] for name in contestants}
    running = dict(contestants)
    for _ in range(rounds):
        bursts: Times = {name: [] for name in running}
        turns = 1 if max(_once(call) for call in running.values()) > SLOW else 3
        for turn in range(turns):
            for name in sorted(running, reverse=turn % 2 == 1):
                bursts[name].append(burst(running[name]))
        for name, medians in bursts.items():
            times[name].append(statistics.median(medians))
        running = {name: running[name] for name in running if not _far_behind(name, times)}
    return times


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
        time.sleep(0.001)
        if time.process_time() - busy < 0.1 * (time.perf_counter() - start):
            return


def _once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _far_behind(name: str, times: Times) -> bool:
    side = name.split()[0]
    best = min(times[other][-1] for other in times if other.split()[0] == side)
    return times[name][-1] > FAR * best
