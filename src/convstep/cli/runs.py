"""Run folders: one new folder for each training run, nothing ever overwritten.

docs/formats.md describes the files.
"""

import itertools
import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

import convstep
from convstep.cli.dataset import Dataset
from convstep.cli.recipes import WARMUP, Recipe
from convstep.cli.report import Judged, confusion, wilson_interval
from convstep.errors import argument_error
from convstep.training import History
from convstep.training.atomic import write_atomically

RUNS = "runs"
MODEL, HISTORY, CONFIG = FILES = ("model.safetensors", "history.json", "config.json")
FORMAT, VERSION = "convstep config", 1


@contextmanager
def run_folder(out: str | None, name: str) -> Iterator[Path]:
    """Make the folder of a run: `out`, or the first free ``runs/<name>-<number>``.

    If no model has come into it at the end, what was made is taken away again.
    """
    folder, made = _first_free(name) if out is None else _given(Path(out))
    try:
        yield folder
    finally:
        if not (folder / MODEL).exists():
            _remove(folder, made)


def _given(folder: Path) -> tuple[Path, list[Path]]:
    if folder.exists() and not folder.is_dir():
        raise argument_error("train", "--out", "be a folder", str(folder))
    if folder.exists() and any(folder.iterdir()):
        advice = "Name another; nothing is ever overwritten."
        raise argument_error("train", "--out", "be a new or an empty folder", str(folder), advice)
    return folder, [] if folder.exists() else _make(folder)


def _first_free(name: str) -> tuple[Path, list[Path]]:
    for number in itertools.count(1):
        folder = Path(RUNS) / f"{name}-{number}"
        try:
            return folder, _make(folder)
        except FileExistsError:
            if not folder.exists():
                raise
    raise AssertionError("the numbers never end")


def _make(folder: Path) -> list[Path]:
    """Make a folder; return it and those above it that had to be made."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        reason = f"{error.strerror}; --out DIR puts the run elsewhere"
        raise OSError(error.errno, reason, str(folder)) from error
    return made


def _remove(folder: Path, made: list[Path]) -> None:
    with suppress(OSError):  # whatever ended the run is what is told
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        for path in made:
            path.rmdir()  # refuses if somebody has put a file there


def config(dataset: Dataset, recipe: Recipe, seed: int) -> dict[str, Any]:
    """Describe what a run was asked for, and where it ran."""
    parts = {"training": dataset.training, "validation": dataset.validation, "test": dataset.test}
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": {
            "source": dataset.title,
            "split": dataset.split,
            "examples": {name: len(part.labels) for name, part in parts.items()},
            "input_shape": dataset.input_shape,
            "value_range": dataset.value_range,
            "class_names": dataset.class_names,
        },
        "recipe": {
            "epochs": recipe.epochs,
            "batch_size": recipe.batch_size,
            "optimizer": "Adam",
            "learning_rate": recipe.learning_rate,
            "schedule": {"type": "CosineSchedule", "warmup": WARMUP},
            "augment": recipe.distortions or None,
            "seed": seed,
        },
        "environment": {
            "convstep": convstep.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "backend": convstep.backend_info()["backend"],
            "target": convstep.backend_info()["target"],
            "threads": convstep.backend_info()["threads"],
            "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        },
    }


def result(judged: Judged, history: History, seconds: float) -> dict[str, Any]:
    """Describe how a run came out."""
    right, count = judged.right, len(judged.labels)
    return {
        "best_epoch": history.best_epoch,
        "test_accuracy": right / count,
        "test_interval_95": wilson_interval(right, count),
        "test_right": right,
        "test_examples": count,
        "confusion": confusion(judged, judged.probabilities.shape[1]).tolist(),
        "seconds": round(seconds, 3),
    }


def save_config(folder: Path, content: dict[str, Any]) -> None:
    """Write config.json."""
    write_atomically(folder / CONFIG, (json.dumps(content, indent=2) + "\n").encode())
