"""Time several functions against each other, so that what disturbs one disturbs all.

They take turns in bursts; `convstep.cli.stopwatch` says what a burst is, and why.
"""

import statistics
import time
from collections.abc import Callable, Mapping

from convstep.cli.stopwatch import burst

SLOW = 0.01  # seconds: of calls longer than this one burst is a round, else three
FAR = 1.3  # who takes so much longer than its own better variant is not asked again

Rounds = list[list[float]]  # seconds per call: rounds of turns


def race(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Rounds]:
    """Return seconds per call of each contestant, for each turn of each round.

    Names such as "torch channels_last" are variants of "torch": one much slower than its sister
    leaves after the first round, so it has fewer rounds.
    """
    times: dict[str, Rounds] = {name: [] for name in contestants}
    running = dict(contestants)
    for _ in range(rounds):
        turns = 1 if max(map(_once, running.values())) > SLOW else 3
        for name in running:
            times[name].append([])
        for turn in range(turns):
            for name in sorted(running, reverse=turn % 2 == 1):
                times[name][-1].append(float(f"{burst(running[name]):.4g}"))
        running = {name: running[name] for name in running if not _far_behind(name, times)}
    return times


def typical(rounds: Rounds) -> float:
    """Return the median time of all turns."""
    return statistics.median(turn for turns in rounds for turn in turns)


def ratios(times: Mapping[str, Rounds]) -> dict[str, list[float]]:
    """Return, for each opponent, its better variant's time to ours: median, least, most.

    A ratio is of two bursts of one turn, which are neighbours in time: a machine that other
    tenants slow down changes both. The median of a round's turns is the round's ratio; median,
    least and most are of the rounds.
    """
    found = {}
    for side in sorted({name.split()[0] for name in times} - {"ours"}):
        variants = [times[name] for name in times if name.split()[0] == side]
        each = []
        for i, ours in enumerate(times["ours"]):
            there = [variant[i] for variant in variants if i < len(variant)]
            best = [min(turns) for turns in zip(*there, strict=True)]
            each.append(statistics.median(b / o for b, o in zip(best, ours, strict=True)))
        found[side] = [round(ratio, 4) for ratio in (statistics.median(each), min(each), max(each))]
    return found


def _once(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _far_behind(name: str, times: Mapping[str, Rounds]) -> bool:
    last = {other: statistics.median(times[other][-1]) for other in times}
    best = min(last[other] for other in times if other.split()[0] == name.split()[0])
    return last[name] > FAR * best
