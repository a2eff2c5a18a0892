"""Run the suite: verify each result, then time it against other libraries.

example: python -m benchmarks.run --threads 1 --names resnet50_56 --held-out without
"""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import convstep as cs
from benchmarks import machine, problem
from benchmarks.drawn import draw
from benchmarks.opponents import Contestant, installed, opponents, without_autograd
from benchmarks.race import race, ratios, typical
from benchmarks.shapes import FAMILIES, Case, select
from benchmarks.table import summary

OPERATIONS = ("forward", "input_grad", "weight_grad", "forward_index", "input_grad_from_x")
SAVE_EVERY = 5.0  # seconds

# What keeps each library to AVX2. They read it when they are loaded: we start once more.
AVX2 = {
    "CONVSTEP_FORCE_TARGET": "avx2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}

Row = dict[str, Any]


def main() -> int:
    """Time what was asked for; 1 if a result was wrong, 130 after Ctrl-C."""
    args = _arguments()
    if args.target == "avx2" and any(os.environ.get(name) != AVX2[name] for name in AVX2):
        command = [sys.executable, "-m", "benchmarks.run", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **AVX2})
    args.opponents = installed(args.opponents)
    peak = machine.measure_peak(args.threads, args.target)
    result: dict[str, Any] = {
        "command": " ".join(["python -m benchmarks.run", *sys.argv[1:]]),
        "machine": machine.describe(),
        "precision": _precision(args.precision),
        "peak": peak,
        "rows": [],
    }
    print(json.dumps({name: result[name] for name in ("machine", "precision", "peak")}, indent=1))
    saved = time.monotonic()
    gc.disable()
    try:
        with without_autograd(args.opponents):
            for row in measured(args):
                if "seconds" in row:
                    row["of_peak"] = of_peak(row, peak.get(row["threads"]))
                result["rows"].append(row)
                print(line(row), flush=True)
                if args.out and time.monotonic() - saved > SAVE_EVERY:
                    save(args.out, result)
                    saved = time.monotonic()
    except KeyboardInterrupt:
        print("interrupted: what was measured is kept", file=sys.stderr)
        result["interrupted"] = True
    if args.out:
        save(args.out, result)
    print(summary(result))
    if result.get("interrupted"):
        return 130
    return int(any(row.get("wrong") for row in result["rows"]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    cpus = machine.available_cpus()
    parser.add_argument("--threads", type=_numbers, default=sorted({1, min(2, cpus), cpus}))
    parser.add_argument("--dtype", type=_words, default=["float32"])
    parser.add_argument("--operations", type=_words, default=list(OPERATIONS))
    parser.add_argument("--classes", type=_words, default=list(FAMILIES))
    parser.add_argument("--names", type=_words, default=[""], help="how names begin")
    parser.add_argument("--held-out", choices=("only", "without", "with"), default="without")
    parser.add_argument("--drawn", type=int, help="this many cases at random, not the suite's")
    parser.add_argument("--seed", type=int, default=0, help="of --drawn")
    parser.add_argument("--precision", choices=("fast", "exact"))
    parser.add_argument("--target", choices=("avx2",), help="keep all libraries to AVX2")
    parser.add_argument("--algorithm", help="force one of convstep's algorithms, where it fits")
    parser.add_argument("--opponents", default="torch", help="torch,onnxruntime,scipy; or none")
    parser.add_argument("--repeats", type=int, default=3, help="rounds; 0 only verifies")
    parser.add_argument("--out", type=Path, help="a JSON file")
    return parser.parse_args()


def _words(text: str) -> list[str]:
    return text.split(",")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _precision(name: str | None) -> str:
    if name:
        if not hasattr(cs, "set_precision"):
            raise SystemExit("--precision: this convstep has one precision only")
        cs.set_precision(name)
    return name or "default"


def chosen(args: argparse.Namespace) -> Iterator[Case]:
    """Go through the cases that were asked for."""
    if args.drawn:
        yield from (case for case in draw(args.drawn, args.seed) if case.family in args.classes)
        return
    for case in select(args.names, args.classes):
        wanted = {"only": case.held_out, "without": not case.held_out, "with": True}
        if wanted[args.held_out]:
            yield case


def measured(args: argparse.Namespace) -> Iterator[Row]:
    """Time each case, operation, dtype and number of threads."""
    if args.algorithm:
        from convstep import _kernels

        if not _kernels.force_algorithm(args.algorithm):
            raise SystemExit(f"--algorithm: one of {_kernels.algorithm_names()}")
    for case in chosen(args):
        for dtype in args.dtype:
            a = problem.arrays(case, dtype)
            for operation in problem.operations(case):
                if operation not in args.operations:
                    continue
                right = problem.right_answer(case, operation, a)
                for threads in args.threads:
                    yield _row(args, case, dtype, operation, a, right, threads)


def _row(args: argparse.Namespace, case: Case, dtype: str, operation: str, a: Any, right: Any,
         threads: int) -> Row:  # fmt: skip
    """Verify and time one."""
    cs.set_num_threads(threads)
    contestants = {
        "ours": Contestant(problem.ours(case, operation, a), lambda y: y),
        **opponents(args.opponents, case, operation, a, threads),
    }
    errors = {
        name: problem.errors(contestant.result(contestant.call()), right)
        for name, contestant in contestants.items()
    }
    row: Row = {
        "name": case.name, "class": case.family, "held_out": case.held_out,
        "operation": operation, "dtype": dtype, "threads": threads,
        "multiply_adds": case.multiply_adds, "bytes": a.x.nbytes + a.grad.nbytes,
        "errors": {name: [float(f"{e:.3g}") for e in pair] for name, pair in errors.items()},
    }  # fmt: skip
    wrong = [name for name in errors if not problem.within(errors[name], dtype, _grace(name))]
    if wrong or not args.repeats:
        return row | ({"wrong": wrong} if wrong else {})
    times = race({name: contestant.call for name, contestant in contestants.items()}, args.repeats)
    return row | {"seconds": times, "ratio": ratios(times)}


def _grace(name: str) -> float:
    """Of an opponent it need only be clear that it does the same work."""
    return 1 if name == "ours" else 20


def line(row: Row) -> str:
    """Say one row in one line."""
    start = (
        f"{row['threads']}t {row['dtype'][0]}{row['dtype'][-2:]} {row['name']:22s} "
        f"{row['operation']:11s}"
    )
    if "wrong" in row:
        return f"{start} WRONG: {', '.join(row['wrong'])}: {row['errors']}"
    text = start
    if "seconds" in row:
        ours = typical(row["seconds"]["ours"])
        share = f"{row['of_peak']:4.0%}" if row["of_peak"] else ""
        text += f" {ours * 1e6:9.1f} us {share}"
        for side, (median, least, most) in row["ratio"].items():
            text += f"  {side} x{median:5.2f} ({least:.2f}..{most:.2f})"
    norm, largest = row["errors"]["ours"]
    return f"{text}  error {norm:.0e} {largest:.0e}"


def of_peak(row: Row, best: dict[str, float] | None) -> float | None:
    """Return the share of the multiply-adds in registers; for pooling, of the bytes copied."""
    if best is None:
        return None
    work = 2 * row["multiply_adds"] or row["bytes"]
    most = best[row["dtype"]] if row["multiply_adds"] else best["copy"]
    return float(1e-9 * work / typical(row["seconds"]["ours"]) / most)


def save(path: Path, result: dict[str, Any]) -> None:
    """Write the file whole or not at all, a line for each row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps(row) for row in result["rows"])
    head = json.dumps(result | {"rows": []}, indent=1)
    part = path.with_name(path.name + ".part")
    part.write_text(head.replace('"rows": []', f'"rows": [\n{rows}\n]') + "\n")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
