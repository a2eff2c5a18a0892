"""Run folders: one new folder for each training run, nothing ever overwritten.

docs/formats.md describes the files.
"""

import itertools
import json
import platform
import time
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


def new_run_folder(out: str | None, name: str) -> Path:
    """Make the folder of a run: `out`, or the first free ``runs/<name>-<number>``."""
    if out is not None:
        return _empty_folder(Path(out))
    for number in itertools.count(1):
        folder = Path(RUNS) / f"{name}-{number}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("the numbers never end")


def _empty_folder(folder: Path) -> Path:
    if folder.exists() and not folder.is_dir():
        raise argument_error("train", "--out", "be a folder", str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        advice = "Name another; nothing is ever overwritten."
        raise argument_error("train", "--out", "be a new or an empty folder", str(folder), advice)
    return folder


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
