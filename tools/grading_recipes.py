"""Run the recipes for otter-grader and nbgrader with the real packages, and check the points.

Usage: python tools/grading_recipes.py [ENVIRONMENT]

Makes a virtual environment (or uses the one that is named, and left there), installs this checkout
and both graders into it, hands in a right and a wrong solution, and compares what they earn.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGES = ("otter-grader==7.0.0", "nbgrader==0.9.6")
ROOT = Path(__file__).resolve().parents[1]
RECIPES = ROOT / "examples" / "grading"

RIGHT = {
    "zero_pad": """
def zero_pad(X, pad):
    print("padding", X.shape)  # what students leave in must do no harm
    return np.pad(X, [(0, 0), (pad, pad), (pad, pad), (0, 0)], mode="constant")
""",
    "conv_single_step": """
def conv_single_step(a_slice_prev, W, b):
    return np.tensordot(a_slice_prev, W, 3) + np.squeeze(b)
""",
    "conv_forward": """
def conv_forward(A_prev, W, b, hparameters):
    s, f = hparameters["stride"], W.shape[0]
    padded = zero_pad(A_prev, hparameters["pad"])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (f, f), (1, 2))[:, ::s, ::s]
    return np.einsum("nhwcij,ijck->nhwk", windows, W) + b, (A_prev, W, b, hparameters)
""",
}
WRONG = {
    "zero_pad": RIGHT["zero_pad"],
    "conv_single_step": """
def conv_single_step(a_slice_prev, W, b):
    return np.sum(a_slice_prev * W)
""",
    "conv_forward": """
def conv_forward(A_prev, W, b, hparameters):
    stride, f = hparameters["stride"], W.shape[0]
    padded = zero_pad(A_prev, hparameters["pad"])
    m, n_H, n_W = padded.shape[0], *((n - f) // stride + 1 for n in padded.shape[1:3])
    Z = np.zeros((m, n_H, n_W, W.shape[3]))
    for h in range(n_H):
        for w in range(n_W):
            for c in range(W.shape[3]):
                window = padded[:, h : h + f, w : w + f]
                Z[:, h, w, c] = np.sum(window * W[..., c], (1, 2, 3)) + b[0, 0, 0, c]
    return Z, (A_prev, W, b, hparameters)
""",
}
TOLD = "the window does not move by the stride"  # the mistake of the wrong conv_forward
FULL = {"zero_pad": 2.0, "conv_single_step": 2.0, "conv_forward": 6.0}


class Environment:
    """A virtual environment with the graders, and a home folder of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.bin = folder / ("Scripts" if os.name == "nt" else "bin")
        hidden = ("PYTHON", "JUPYTER", "IPYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        path = os.pathsep.join([str(self.bin), os.environ["PATH"]])
        self.variables = kept | {"PATH": path, "HOME": str(home)}
        if not self.bin.exists():
            venv.create(folder, with_pip=True)
        # pip reads its settings from the real home. The compiled core would take minutes.
        pip = [str(self.bin / "python"), "-m", "pip", "install", "--quiet", str(ROOT), *PACKAGES]
        subprocess.run(pip, check=True, env=kept | {"CONVSTEP_PURE_PYTHON": "1"})

    def run(self, folder: Path, *command: str) -> None:
        """Run a command of the environment; show all that it said if it fails."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


def hand_in(given: Path, solution: Mapping[str, str], path: Path) -> None:
    """Fill in the notebook that students get, and save it."""
    notebook = json.loads(given.read_text(encoding="utf-8"))
    filled = set()
    for cell in notebook["cells"]:
        for name, source in solution.items():
            if "".join(cell["source"]).startswith(f"def {name}("):
                cell["source"] = source.strip()
                filled.add(name)
    assert filled == set(solution), f"{given}: no blank for {set(solution) - filled}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def otter(environment: Environment, work: Path) -> dict[str, dict[str, float]]:
    """Make the assignment, hand in both, and grade them with otter-grader."""
    work.mkdir()
    environment.run(
        work, "otter", "assign", str(RECIPES / "otter" / "conv.ipynb"), "dist", "--no-pdfs"
    )
    (autograder,) = (work / "dist" / "autograder").glob("*.zip")
    earned = {}
    for name, solution in {"right": RIGHT, "wrong": WRONG}.items():
        hand_in(work / "dist" / "student" / "conv.ipynb", solution, work / name / "conv.ipynb")
        environment.run(
            work, "otter", "run", "-a", str(autograder), "-o", name, f"{name}/conv.ipynb"
        )
        result = json.loads((work / name / "results.json").read_text(encoding="utf-8"))
        earned[name] = otter_points(result)
    assert TOLD in json.dumps(result), "otter-grader does not show the mistake"
    return earned


def otter_points(result: Mapping[str, Any]) -> dict[str, float]:
    """The points of each question."""
    return {test["name"]: float(test["score"]) for test in result["tests"] if test["name"] in FULL}


def nbgrader(environment: Environment, work: Path) -> dict[str, dict[str, float]]:
    """Make the release, hand in both, and grade them with nbgrader."""
    source = work / "source" / "conv" / "conv.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes((RECIPES / "nbgrader" / "source" / "conv" / "conv.ipynb").read_bytes())
    environment.run(work, "nbgrader", "generate_assignment", "conv")
    for name, solution in {"right": RIGHT, "wrong": WRONG}.items():
        hand_in(
            work / "release" / "conv" / "conv.ipynb",
            solution,
            work / "submitted" / name / "conv" / "conv.ipynb",
        )
    environment.run(work, "nbgrader", "autograde", "conv")
    environment.run(work, "nbgrader", "generate_feedback", "conv")
    feedback = (work / "feedback" / "wrong" / "conv" / "conv.html").read_text(encoding="utf-8")
    assert f"=&gt; {TOLD}" in feedback, "nbgrader does not show the mistake"
    environment.run(work, str(environment.bin / "python"), "-c", NBGRADER_POINTS)
    with (work / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    earned: dict[str, dict[str, float]] = {"right": {}, "wrong": {}}
    for student, cell, score in rows:
        earned[student][cell.removesuffix("_check")] = float(score)
    return earned


# In the environment's Python: nbgrader itself exports only the sum of an assignment.
NBGRADER_POINTS = """
import csv
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book, open("points.csv", "w", newline="") as file:
    for submission in book.assignment_submissions("conv"):
        (notebook,) = submission.notebooks
        for grade in notebook.grades:
            csv.writer(file).writerow([submission.student.id, grade.name, grade.score])
"""


def check(
    grader: str, earned: Mapping[str, Mapping[str, float]], part: tuple[float, float]
) -> None:
    """Compare what was earned; the wrong conv_forward earns a part, between the two numbers."""
    print(f"{grader}: {earned}")
    assert earned["right"] == FULL
    wrong = dict(earned["wrong"])
    assert part[0] <= wrong.pop("conv_forward") <= part[1]
    assert wrong == {"zero_pad": 2.0, "conv_single_step": 0.0}


def main() -> int:
    """Run both recipes."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        home = work / "home"
        home.mkdir()
        place = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else work / "environment"
        environment = Environment(place, home)
        check("otter-grader", otter(environment, work / "otter"), (2, 2))
        check("nbgrader", nbgrader(environment, work / "nbgrader"), (1, 3))
    print("The recipes work.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
