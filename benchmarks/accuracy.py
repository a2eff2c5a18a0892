"""Errors against float64 of every case, held-out ones too: ours in each precision, and PyTorch's.

example: python -m benchmarks.accuracy --classes winograd
"""

import argparse
import sys
from collections.abc import Iterator
from typing import NamedTuple

import convstep as cs
from benchmarks import problem
from benchmarks.opponents import installed, opponents
from benchmarks.shapes import FAMILIES, Case, select

Pair = tuple[float, float]


class Errors(NamedTuple):
    """Of one case and operation: (2-norm, maximum) by whose result it is."""

    family: str
    name: str
    operation: str
    by: dict[str, Pair]


def measured(case: Case, dtype: str, precisions: list[str]) -> Iterator[Errors]:
    """Compute each operation once, by everybody."""
    a = problem.arrays(case, dtype)
    for operation in ("forward", "input_grad", "weight_grad"):
        if operation not in problem.operations(case):
            continue
        right = problem.right_answer(case, operation, a)
        by = {}
        for precision in precisions:
            if precision != "default":
                cs.set_precision(precision)
            by[precision] = problem.errors(problem.ours(case, operation, a)(), right)
        for name, other in opponents(installed("torch"), case, operation, a, 1).items():
            by[name] = problem.errors(other.result(other.call()), right)
        yield Errors(case.family, case.name, operation, by)


def worst(found: list[Errors]) -> str:
    """Tabulate the largest errors by class and operation, as Markdown."""
    whose = list(found[0].by)
    lines = [f"| class | operation | {' | '.join(whose)} |", "|---|---|" + "---|" * len(whose)]
    for family, operation in dict.fromkeys((one.family, one.operation) for one in found):
        mine = [one for one in found if (one.family, one.operation) == (family, operation)]
        cells = [
            said(tuple(max(one.by[name][i] for one in mine) for i in (0, 1))) for name in whose
        ]
        lines.append(f"| {family} | {operation} | {' | '.join(cells)} |")
    return "\n".join(lines)


def said(pair: tuple[float, ...]) -> str:
    """Word two errors."""
    return " / ".join(f"{error:.1e}" for error in pair)


def main() -> int:
    """Print the worst, and to the terminal each case; 1 if one of ours is beyond the tolerance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--classes", default=",".join(FAMILIES))
    parser.add_argument("--names", default="", help="how names begin, with commas")
    parser.add_argument("--dtype", default="float32", choices=tuple(problem.TOLERANCE))
    args = parser.parse_args()
    precisions = ["fast", "exact"] if hasattr(cs, "set_precision") else ["default"]
    found: list[Errors] = []
    beyond = 0
    for case in select(args.names.split(","), args.classes.split(",")):
        for one in measured(case, args.dtype, precisions):
            bad = [p for p in precisions if not problem.within(one.by[p], args.dtype)]
            beyond += bool(bad)
            told = "  ".join(f"{name} {said(pair)}" for name, pair in one.by.items())
            mark = f"BEYOND: {bad}" if bad else ""
            print(f"{one.name:22s} {one.operation:11s} {told} {mark}", file=sys.stderr)
            found.append(one)
    norm, largest = problem.TOLERANCE[args.dtype]
    print(f"""\
## Largest errors against float64, {args.dtype}

Error of the 2-norm / largest error, to the largest element; over {len(found)} cases and operations,
held-out ones too, {beyond} of them beyond {norm:g} / {largest:g}.

{worst(found)}
""")
    return int(beyond > 0)


if __name__ == "__main__":
    raise SystemExit(main())
