"""Time several functions against each other, so that what disturbs one disturbs all.

They take turns in bursts; `convstep.cli.stopwatch` says what a burst is, and why.
"""

import statistics
import time
from collections.abc import Callable, Mapping

from convstep.cli.stopwatch import burst

SLOW = 0.01  # seconds: of calls longer than this one burst is a round, else three
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
        turns = 1 if max(map(_once, running.values())) > SLOW else 3
        for turn in range(turns):
            for name in sorted(running, reverse=turn % 2 == 1):
                bursts[name].append(burst(running[name]))
        for name, medians in bursts.items():
            times[name].append(statistics.median(medians))
        running = {name: running[name] for name in running if not _far_behind(name, times)}
    return times


def _once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _far_behind(name: str, times: Times) -> bool:
    side = name.split()[0]
    best = min(times[other][-1] for other in times if other.split()[0] == side)
    return times[name][-1] > FAR * best
