"""From result files to Markdown tables and a plot.

A class's ratio is the geometric mean, over its cases and operations, of the opponent's time to
ours (above 1: we are sooner), tuning and held-out cases apart.

A file in Markdown (from the other programs here) is taken as it is.

example: python -m benchmarks.table benchmarks/results/FILE.json --plot docs/figures/benchmarks.svg
"""

import argparse
import json
import math
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.race import typical
from benchmarks.shapes import FAMILIES

# "forward_index" and "input_grad_from_x" are other ways to the same pooling: in no mean.
COUNTED = ("forward", "input_grad", "weight_grad")
EVERYTHING = "all but tiny"
SLOWEST = 12
MARKER = "<!-- what follows is written by benchmarks.table -->"
_HALVES = ((False, -0.15, "tab:blue", "tuning"), (True, 0.15, "tab:orange", "held out"))

Row = dict[str, Any]


def geometric_mean(values: list[float]) -> float:
    """Return the mean for ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))


def ratios(rows: list[Row], side: str, **wanted: Any) -> list[float]:
    """Return the median ratios to this opponent of the rows with these values."""
    return [
        row["ratio"][side][0]
        for row in rows
        if side in row.get("ratio", {}) and all(row[key] == wanted[key] for key in wanted)
    ]


def markdown(result: dict[str, Any]) -> str:
    """Return all tables of one result file."""
    rows = [row for row in result["rows"] if "ratio" in row]
    target = result["machine"]["target"]
    parts = [f"## Precision {result['precision']}, {target}", _header(result)]
    pairs = sorted({(side, row["dtype"]) for row in rows for side in row["ratio"]})
    for side, dtype in pairs:
        mine = [row for row in rows if row["dtype"] == dtype and side in row["ratio"]]
        parts += [
            f"### Against {side}, {dtype}",
            by_class(mine, side),
            by_operation(mine, side),
            below_one(mine, side),
        ]
    if errors := accuracy(rows):
        parts += ["### Errors against float64", errors]
    return "\n\n".join(parts) + "\n"


def _header(result: dict[str, Any]) -> str:
    machine, peak = result["machine"], result["peak"]
    lines = [
        f"{machine['date']}, commit {machine['commit']}: `{result['command']}`",
        f"{machine['cpu']}, {machine['cpus']} CPUs, {_joined(machine['caches'])}; "
        f"{machine['system']}; Python {machine['python']}, {_joined(machine['versions'])}; "
        f"instruction set {machine['target']}, precision {result['precision']}.",
    ]
    lines += [
        f"Threads: {threads}: {best['float32']:.0f} GFLOP/s in float32, {best['float64']:.0f} in "
        f"float64, {best['copy']:.0f} GB/s copied."
        for threads, best in peak.items()
    ]
    return "  \n".join(lines)


def _joined(facts: dict[str, str]) -> str:
    return ", ".join(f"{name} {fact}" for name, fact in facts.items())


def by_class(rows: list[Row], side: str) -> str:
    """Tabulate means by class and number of threads; the number of ratios in brackets."""

    def cell(family: str, threads: int, held_out: bool) -> str:
        counted = [row for row in rows if row["operation"] in COUNTED and row["threads"] == threads
                   and row["held_out"] == held_out and _belongs(row, family)]  # fmt: skip
        return _mean(ratios(counted, side))

    return _table("class", [*FAMILIES, EVERYTHING], rows, cell)


def by_operation(rows: list[Row], side: str) -> str:
    """Tabulate means by class and operation."""
    keys = {(row["class"], row["operation"]): None for row in rows}
    names = [f"{family} {operation}" for family, operation in keys]

    def cell(name: str, threads: int, held_out: bool) -> str:
        family, operation = name.split()
        wanted = {"class": family, "operation": operation}
        return _mean(ratios(rows, side, threads=threads, held_out=held_out, **wanted))

    return _table("class and operation", names, rows, cell)


def _table(title: str, names: list[str], rows: list[Row],
           cell: Callable[[str, int, bool], str]) -> str:  # fmt: skip
    """Lay out names by (number of threads, tuning or held out)."""
    halves = ((False, "tuning"), (True, "held out"))
    there = {(row["threads"], row["held_out"]) for row in rows}
    columns = [
        (threads, held_out, f"{threads}t {half}")
        for threads in sorted({row["threads"] for row in rows})
        for held_out, half in halves
        if (threads, held_out) in there
    ]
    lines = [_cells([title, *(name for _, _, name in columns)]), "|---|" + "---:|" * len(columns)]
    for name in names:
        found = [cell(name, threads, held_out) for threads, held_out, _ in columns]
        if any(found):
            lines.append(_cells([name, *found]))
    return "\n".join(lines)


def _cells(texts: list[str]) -> str:
    return f"| {' | '.join(texts)} |"


def _belongs(row: Row, family: str) -> bool:
    return row["class"] == family or (family == EVERYTHING and row["class"] != "tiny")


def _mean(values: list[float]) -> str:
    return f"{geometric_mean(values):.2f} ({len(values)})" if values else ""


def below_one(rows: list[Row], side: str) -> str:
    """Say how many are slower than the opponent, and which are slowest."""
    lines = []
    for threads in sorted({row["threads"] for row in rows}):
        mine = [row for row in rows if row["threads"] == threads and row["operation"] in COUNTED]
        mine.sort(key=lambda row: row["ratio"][side][0])
        below = sum(row["ratio"][side][0] < 1 for row in mine)
        lines += [
            f"Threads: {threads}: {below} of {len(mine)} under 1.0. The lowest, with the spread:",
            "",
            _cells(["case", "operation", "ratio", "of peak"]),
            "|---|---|---:|---:|",
            *(_slow(row, side) for row in mine[:SLOWEST]),
            "",
        ]
    return "\n".join(lines).rstrip()


def _slow(row: Row, side: str) -> str:
    median, least, most = row["ratio"][side]
    held = " (held out)" if row["held_out"] else ""
    ratio = f"{median:.2f} ({least:.2f} to {most:.2f})"
    share = f"{row['of_peak']:.0%}" if row.get("of_peak") else ""
    return _cells([row["name"] + held, row["operation"], ratio, share])


def accuracy(rows: list[Row]) -> str:
    """Tabulate the largest errors against float64, ours beside each opponent's."""
    worst: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        for name, pair in row["errors"].items():
            most = worst[row["dtype"], row["operation"], name.split()[0]]
            most[:] = map(max, most, pair)
    lines = [
        _cells(["dtype", "operation", "whose", "2-norm", "maximum"]),
        "|---|---|---|---:|---:|",
    ]
    lines += [
        _cells([*key, *(f"{error:.1e}" for error in pair)]) for key, pair in sorted(worst.items())
    ]
    return "\n".join(lines)


def summary(result: dict[str, Any]) -> str:
    """Say the means by class and operation for the terminal, a line for each."""
    return "\n".join(_summary_lines(result["rows"]))


def _summary_lines(rows: list[Row]) -> Iterator[str]:
    groups: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for row in rows:
        for side, (median, *_) in row.get("ratio", {}).items():
            start = (side, row["dtype"], row["threads"])
            groups[*start, row["class"], row["operation"]].append(median)
            if row["operation"] in COUNTED and row["class"] != "tiny":
                groups[*start, EVERYTHING, ""].append(median)
    for (side, dtype, threads, family, operation), values in sorted(groups.items()):
        yield (
            f"{side:11s} {dtype} {threads}t {family:12s} {operation:17s} "
            f"{geometric_mean(values):5.2f}  least {min(values):.2f}  of {len(values)}"
        )


def plot(result: dict[str, Any], side: str, dtype: str, path: Path) -> None:
    """Draw each ratio as a dot in the column of its class, a panel for each number of threads."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [row for row in result["rows"] if row["operation"] in COUNTED and row["dtype"] == dtype]
    counts = sorted({row["threads"] for row in rows})
    figure, panels = pyplot.subplots(
        1, len(counts), figsize=(1 + 4 * len(counts), 4), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for panel, threads in zip(panels[0], counts, strict=True):
        for column, family in enumerate(FAMILIES):
            _column(panel, column, [row for row in rows if row["threads"] == threads
                                    and row["class"] == family], side)  # fmt: skip
        panel.set(title=f"{threads} thread{'s' * (threads > 1)}", yscale="log")
        panel.set_xlim(-0.5, len(FAMILIES) - 0.5)
        panel.set_xticks(range(len(FAMILIES)), FAMILIES, rotation=30)
        panel.axhline(1, color="black", linewidth=0.8)
        panel.set_yticks(ticks := [0.25, 0.5, 1, 2, 4, 8, 16], [f"{tick:g}" for tick in ticks])
        panel.minorticks_off()
        panel.grid(axis="y", alpha=0.3)
    panels[0][0].set_ylabel(f"time of {side} / ours ({dtype})")
    for _, _, colour, label in _HALVES:
        panels[0][-1].plot([], [], "o", color=colour, label=label)
    panels[0][-1].legend(loc="lower right", fontsize="small")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _column(panel: Any, column: int, rows: list[Row], side: str) -> None:
    """Draw one class: tuning left, held out right, a line at the mean of both."""
    everything = ratios(rows, side)
    if not everything:
        return
    for held_out, shift, colour, _ in _HALVES:
        found = ratios(rows, side, held_out=held_out)
        columns = [column + shift] * len(found)
        panel.plot(columns, found, "o", color=colour, alpha=0.5, markersize=4)
    mean = geometric_mean(everything)
    panel.plot([column - 0.35, column + 0.35], [mean, mean], color="black")
    box = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5}
    place = (column, mean)
    panel.annotate(f"{mean:.2f}", place, fontsize=7, ha="center", va="bottom", bbox=box)


def all_cases(rows: list[Row], side: str) -> str:
    """Tabulate every measurement."""
    lines = [_cells(["class", "case", "operation", "dtype", "threads", "µs", "of peak", "ratio"]),
             "|---|---|---|---|---:|---:|---:|---:|"]  # fmt: skip
    for row in rows:
        if side in row.get("ratio", {}):
            name, operation, ratio, share = _slow(row, side).strip("| ").split(" | ")
            time = f"{typical(row['seconds']['ours']) * 1e6:.1f}"
            lines.append(_cells([row["class"], name, operation, row["dtype"],
                                 str(row["threads"]), time, share, ratio]))  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Print the tables of each file; with --plot also draw the first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--plot", type=Path, help="draw the first file's ratios here")
    parser.add_argument("--opponent", default="torch", help="for --plot and --all")
    parser.add_argument("--dtype", default="float32", help="for --plot")
    parser.add_argument("--all", action="store_true", help="every case in one table")
    parser.add_argument("--into", type=Path, help="replace what follows the marker in this file")
    args = parser.parse_args()
    tables = "\n".join(text(file, args.opponent if args.all else None) for file in args.files)
    if args.into:
        if args.plot:
            place = os.path.relpath(args.plot, args.into.parent)
            tables = f"![each ratio, by class]({place})\n\n{tables}"
        written, marker, _ = args.into.read_text().partition(MARKER)
        args.into.write_text(f"{written}{marker or MARKER}\n\n{tables.rstrip()}\n")
    else:
        print(tables)
    if args.plot:
        plot(json.loads(args.files[0].read_text()), args.opponent, args.dtype, args.plot)


def text(file: Path, every_case_beside: str | None) -> str:
    """Return a file's tables."""
    if file.suffix == ".md":
        return file.read_text()
    result = json.loads(file.read_text())
    if every_case_beside:
        return all_cases(result["rows"], every_case_beside) + "\n"
    return markdown(result)


if __name__ == "__main__":
    main()
