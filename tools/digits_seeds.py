"""Run the main job over five seeds on both splits, and hold it to its promise.

Usage: python tools/digits_seeds.py [SEEDS]

Prints the test accuracy of each run, the median of each split and the seconds that a run took.
Exits with 1 if a median is below what the README promises.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROMISED = {"stratified": 0.985, "writers": 0.965}


def main() -> int:
    """Run everything; say whether all promises are kept."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kept = True
    for split, promised in PROMISED.items():
        results = [run(split, seed) for seed in range(seeds)]
        median = statistics.median(result["test_accuracy"] for result in results)
        kept &= median >= promised
        right = ", ".join(f"{r['test_right']} of {r['test_examples']}" for r in results)
        seconds = statistics.median(result["seconds"] for result in results)
        print(
            f"{split:10}  median {median:.2%} (promised {promised:.1%})  {right}  {seconds:.1f} s"
        )
    return 0 if kept else 1


def run(split: str, seed: int) -> dict[str, float]:
    """Train once in a folder of its own; return the result as config.json has it."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "convstep", "train", "--quiet", "--split", split]
        subprocess.run([*command, "--seed", str(seed), "--out", str(out)], check=True)
        result: dict[str, float] = json.loads((out / "config.json").read_text())["result"]
        return result


if __name__ == "__main__":
    sys.exit(main())
