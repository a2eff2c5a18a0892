"""Training steps beside PyTorch: the same losses? how long? how much memory?

parity    In float64 the losses of 100 steps, from the same weights on the same batches; in float32
          the first step, and then how far ours are from those of PyTorch's layouts, and these
          from each other. Without dropout. Relative to the loss, but for the last two, which are
          the largest difference of losses in 100 steps, each on a batch of its own.
speed     Seconds per step against PyTorch, eager and compiled, in each of its layouts.
memory    Peak resident memory of the first three steps above the level before them, each side in
          a process of its own.

example: python -m benchmarks.training speed --threads 1,2
example: python -m benchmarks.training parity memory --networks lenet5,resnet20
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import convstep as cs
from benchmarks import machine, networks
from benchmarks.networks import LAYOUTS, NETWORKS
from benchmarks.race import race, ratios, typical
from convstep.atomic import write_atomically
from convstep.ops.compiled.memory import reuse

STEPS, ROUNDS = 100, 5
Row = dict[str, Any]


def parity(name: str, threads: int) -> Row:
    """Return the differences between the losses."""
    found = {}
    for dtype in ("float64", "float32"):
        runs = {"ours": networks.ours, **{layout: _in(layout) for layout in LAYOUTS}}
        losses = {}
        for side, make in runs.items():
            model = networks.model_of(NETWORKS[name], dtype, dropout=False)
            step = make(model, networks.batches(NETWORKS[name], dtype, STEPS))
            losses[side] = np.array([step() for _ in range(STEPS)])
        found[dtype] = losses
    exact, single = found["float64"], found["float32"]
    away = {side: np.abs(single[side] - single["ours"]).max() for side in LAYOUTS}
    return {
        "network": name,
        "float64_100_steps": float(_apart(exact["ours"], exact["contiguous"]).max()),
        "float32_first_step": float(_apart(single["ours"], single["contiguous"])[0]),
        "float32_100_steps": {side: float(each) for side, each in away.items()},
        "float32_torch_layouts": float(
            np.abs(single["channels_last"] - single["contiguous"]).max()
        ),
    }


def speed(name: str, threads: int, kinds: list[str]) -> Row:
    """Return milliseconds per step of each, and PyTorch's better layout to ours."""
    network = NETWORKS[name]
    data = networks.batches(network, "float32")
    calls = {"ours": networks.ours(networks.model_of(network, "float32"), data)}
    for kind in kinds:
        for layout in LAYOUTS:
            model = networks.model_of(network, "float32")
            step = networks.torch(model, data, layout, compiled=kind == "compiled")
            step()  # compiles
            calls[f"{kind} {layout}"] = step
    with reuse():  # as Model.fit does
        times = race(calls, ROUNDS)
    return {
        "network": name,
        "threads": threads,
        "milliseconds": {side: 1e3 * typical(found) for side, found in times.items()},
        "ratio": ratios(times),
    }


def memory(name: str, threads: int) -> Row:
    """Return mebibytes above the level before, each side in a fresh process."""
    found = {}
    for side in ("ours", *LAYOUTS):
        command = [sys.executable, "-m", "benchmarks.training", "--child", f"{name} {side}"]
        done = subprocess.run(
            [*command, "--threads", str(threads)], capture_output=True, text=True, check=True
        )
        found[side] = json.loads(done.stdout)
    return {"network": name, "threads": threads, "mebibytes": found}


def child(name: str, side: str) -> None:
    """Measure this process: the first three steps."""
    model = networks.model_of(NETWORKS[name], "float32")
    data = networks.batches(NETWORKS[name], "float32")
    step = networks.ours(model, data) if side == "ours" else networks.torch(model, data, side)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = _status("VmRSS")
    with reuse():
        for _ in range(3):
            step()
    print(json.dumps(round((_status("VmHWM") - before) / 1024, 1)))


def _in(layout: str) -> Callable[..., networks.Step]:
    return lambda model, data: networks.torch(model, data, layout)


def _apart(one: Any, other: Any) -> Any:
    return np.abs(one - other) / np.abs(other)


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(field)))


QUESTIONS: dict[str, Callable[..., Row]] = {"parity": parity, "speed": speed, "memory": memory}


def main() -> int:
    """Ask the questions; print each answer, and write all of them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.training", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add(
        "questions",
        nargs="*",
        default=list(QUESTIONS),
        metavar="QUESTION",
        help=" ".join(QUESTIONS),
    )
    add("--networks", default=",".join(NETWORKS))
    add("--threads", default="1")
    add("--kinds", default="eager,compiled", help="of PyTorch's steps, for speed")
    add("--out", help="a JSON file for machine and answers")
    add("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    answers: dict[str, list[Row]] = {}
    for threads in map(int, args.threads.split(",")):
        cs.set_num_threads(threads)
        import torch

        torch.set_num_threads(threads)
        if args.child:
            child(*args.child.split())
            return 0
        for question in args.questions:
            for name in args.networks.split(","):
                extra = (args.kinds.split(","),) if question == "speed" else ()
                row = QUESTIONS[question](name, threads, *extra)
                print(question, json.dumps(row), flush=True)
                answers.setdefault(question, []).append(row)
    if args.out:
        result = {
            "machine": machine.describe(),
            "command": " ".join(["python -m benchmarks.training", *sys.argv[1:]]),
            **answers,
        }
        write_atomically(Path(args.out), (json.dumps(result, indent=1) + "\n").encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
