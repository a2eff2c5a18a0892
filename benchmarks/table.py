"""From result files to tables and a plot.

example: python -m benchmarks.table benchmarks/results/*.json
"""

import math
from collections import defaultdict
from typing import Any

Row = dict[str, Any]


def summary(result: dict[str, Any]) -> str:
    """Say the geometric means by class, for each opponent, operation and number of threads."""
    groups: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for row in result["rows"]:
        for side, ratio in row.get("ratio", {}).items():
            key = (side, row["dtype"], row["threads"], row["class"], row["operation"])
            groups[key].append(ratio[0])
    return "\n".join(
        f"{side:12s} {dtype} {threads}t {family:10s} {operation:17s} "
        f"{geometric_mean(ratios):5.2f}  least {min(ratios):.2f}  of {len(ratios)}"
        for (side, dtype, threads, family, operation), ratios in sorted(groups.items())
    )


def geometric_mean(values: list[float]) -> float:
    """Return the mean for ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))
