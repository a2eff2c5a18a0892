"""Run folders: one new folder for each training run, nothing of another run ever overwritten.

docs/formats.md describes the files.
"""

import argparse
import itertools
import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

import convstep
from convstep.atomic import remove_leftovers, write_atomically
from convstep.cli.dataset import Dataset
from convstep.cli.recipes import WARMUP, Recipe
from convstep.cli.report import Judged, confusion, wilson_interval
from convstep.cli.terminal import note
from convstep.errors import FileFormatError, argument_error
from convstep.training import Checkpoint, History

RUNS = "runs"
MODEL, HISTORY, CONFIG, REPORT = FILES = (
    "model.safetensors", "history.json", "config.json", "report.html",
)  # fmt: skip
CHECKPOINT = "checkpoint.safetensors"
FORMAT, VERSION = "convstep config", 1
_NOT_KEPT = ("command", "run", "out", "resume", "quiet", "workers")  # they change no bit
_DECIDES_BITS = ("convstep", "numpy", "backend", "target", "threads")


@contextmanager
def run_folder(out: str | None, name: str) -> Iterator[Path]:
    """Make the folder of a run: `out`, or the first free ``runs/<name>-<number>``.

    If neither a model nor a checkpoint has come into it at the end, what was made is taken away
    again.
    """
    folder, made = _first_free(name) if out is None else _given(Path(out))
    try:
        yield folder
    finally:
        if not (folder / MODEL).exists() and not (folder / CHECKPOINT).exists():
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


def config(dataset: Dataset, recipe: Recipe, args: argparse.Namespace) -> dict[str, Any]:
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
            "seed": args.seed,
        },
        "options": _kept_options(args),
        "environment": {**_environment(), "started": time.strftime("%Y-%m-%dT%H:%M:%S%z")},
    }


def _environment() -> dict[str, Any]:
    backend = convstep.backend_info()
    return {
        "convstep": convstep.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        **{name: backend[name] for name in ("backend", "target", "threads")},
    }


def _kept_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options that a run goes on with; DATA is found from any folder."""
    kept = {name: value for name, value in vars(args).items() if name not in _NOT_KEPT}
    if kept["data"] is not None:
        kept["data"] = os.path.abspath(kept["data"])
    return kept


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a run folder: two that train in one would write over each other's files.

    The system lets go of it when the process ends, however it does. Where it has no such locks
    (Windows, some network disks), nothing is held.

    Raises
    ------
    ArgumentError
        If another process holds it.
    FileFormatError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise FileFormatError(f"{folder}: no such run folder.")
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                rule, advice = "be a run that no other process works on", "Let that one end first."
                raise argument_error("train", "--resume", rule, str(folder), advice) from None
        yield
    finally:
        os.close(descriptor)


def reopened(folder: Path) -> dict[str, Any]:
    """Read the configuration of a run that is to go on.

    Raises
    ------
    FileFormatError
        If the folder holds none, or none that is whole.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise FileFormatError(
            f"{folder}: no run to go on with: there is no {CONFIG}. Begin the run anew."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        known = (content["format"], content["version"]) == (FORMAT, VERSION)
        if known and all(isinstance(content[part], dict) for part in ("options", "environment")):
            return dict(content)
    except (ValueError, TypeError, KeyError) as error:
        raise FileFormatError(f"{path}: damaged, or of an older convstep ({error!r}).") from error
    raise FileFormatError(f"{path}: damaged, or of another version of convstep.")


def tell_changes(content: dict[str, Any]) -> None:
    """Say what is not as it was when a run began, and may change its bits."""
    before, now = content["environment"], _environment()
    changes = [
        f"{name} was {before.get(name)} and is {now[name]}"
        for name in _DECIDES_BITS
        if before.get(name) != now[name]
    ]
    if changes:
        note("train", f"the numbers may differ in their last bits: {'; '.join(changes)}")


def clear(folder: Path) -> None:
    """Take away what killed processes left half written."""
    for name in FILES:
        remove_leftovers(folder / name)


def remove_checkpoints(folder: Path) -> None:
    """Take away the checkpoints of a run that is finished."""
    checkpoint = Checkpoint(folder / CHECKPOINT)
    for path in (checkpoint.previous, checkpoint.path):
        path.unlink(missing_ok=True)


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
