"""Train a small convolutional network; judge it on images it has not seen.

Without DATA: the built-in set, 1,797 handwritten digits of 8 by 8 pixels.
DATA is an .npz file of your own with x_train and y_train, and x_test and
y_test if there is a test set; images (N, H, W, C) or (N, H, W), integers
from 0 to 255 or floats. The run is saved in a new folder. --resume goes on
with a run that was stopped, also by a crash, from its last checkpoint; it
ends with the bits of a run that was never stopped.

example: convstep train
example: convstep train --split writers --seed 3
example: convstep train flowers.npz --epochs 20 --out runs/flowers
example: convstep train --resume runs/flowers
"""

import argparse
import math
import shlex
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from convstep import nn
from convstep.cli import options, report, runs
from convstep.cli.dataset import Dataset, digits_dataset, npz_dataset
from convstep.cli.recipes import WARMUP, Recipe, digits_recipe, general_recipe, network
from convstep.cli.terminal import note, styled, unbroken, wrapped
from convstep.data.digits import SPLITS
from convstep.data.images import edge_value
from convstep.errors import argument_error
from convstep.models import Model
from convstep.training import Callback, Checkpoint, History
from convstep.training.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `train` takes."""
    add = parser.add_argument
    add("data", metavar="DATA", nargs="?", help="an .npz file (default: the built-in digits)")
    add("--split", choices=SPLITS, help="how the digits' test part is chosen (stratified)")
    add("--epochs", type=options.count, metavar="N", help="times to go through the training images")
    add("--batch-size", type=options.count, metavar="N", help="images in a step")
    add("--learning-rate", type=options.rate, metavar="R", help="Adam's highest learning rate")
    add("--seed", type=options.seed, default=0, metavar="N", help="repeats a run bit for bit (0)")
    add("--out", type=options.folder, metavar="DIR",
        help="run folder, new or empty (runs/NAME-NUMBER)")  # fmt: skip
    add("--checkpoint-every", type=options.count, metavar="N",
        help="steps between checkpoints (one at the end of each epoch)")  # fmt: skip
    add("--workers", type=options.seed, default=0, metavar="N",
        help="threads that make the next batches ready; they change no bit (0)")  # fmt: skip
    add("--resume", type=options.folder, metavar="RUN", help="go on with the run of this folder")
    add("--quiet", action="store_true", help="print the result alone")


def run(args: argparse.Namespace) -> int:
    """Train, judge, save."""
    if args.resume is None:
        dataset = _dataset(args)
        recipe = _recipe(args, dataset)
        config = runs.config(dataset, recipe, args)
        with runs.run_folder(args.out, dataset.name) as folder:
            runs.save_config(folder, config)
            return _Training(args, dataset, recipe, folder, config).go()
    folder = Path(args.resume)
    config = runs.reopened(folder)
    args = _as_before(args, config)
    if "result" in config:
        runs.remove_checkpoints(folder)
        print(wrapped("Finished", f"{unbroken(folder)} is a run that came to its end"))
        return 0
    _tell_changes(config)
    runs.clear(folder)
    dataset = _dataset(args)
    return _Training(args, dataset, _recipe(args, dataset), folder, config).go()


class _Training:
    """One run, from its first step or from its last checkpoint, to what is said of it."""

    def __init__(
        self,
        args: argparse.Namespace,
        dataset: Dataset,
        recipe: Recipe,
        folder: Path,
        config: dict[str, Any],
    ) -> None:
        self.started = time.perf_counter()
        self.args, self.dataset, self.recipe = args, dataset, recipe
        self.folder, self.config = folder, config
        self.model = Model(network(dataset), input_shape=dataset.input_shape, seed=args.seed)
        self.model.metadata.update(
            class_names=dataset.class_names,
            value_range=dataset.value_range,
            edge=edge_value(dataset.training.images),
        )

    def go(self) -> int:
        """Train, judge, save; return the exit code."""
        model, folder = self.model, self.folder
        with _one_interrupt():
            if not self.args.quiet:
                _introduce(model, self.dataset, self.recipe, folder)
            try:
                with np.errstate(over="ignore", invalid="ignore"):  # fit sees a broken loss
                    self._fit()
                self._judge()
            except KeyboardInterrupt:
                _save_after_interrupt(model, folder)
                return 130
        return 0

    def _fit(self) -> None:
        args, recipe = self.args, self.recipe
        self.model.fit(
            *self.dataset.training,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            optimizer=nn.Adam(recipe.learning_rate),
            schedule=nn.CosineSchedule(warmup=WARMUP),
            validation_data=self.dataset.validation,
            augment=recipe.augment,
            keep_best=True,
            workers=args.workers,
            checkpoint=Checkpoint(self.folder / runs.CHECKPOINT, every=args.checkpoint_every),
            resume=args.resume is not None,
            progress="none" if args.quiet else "auto",
            callbacks=[SaveBest(self.model, self.folder)],
        )
        # The same file however often the run was stopped: with the step that it ended at.
        self.model.save(self.folder / runs.MODEL)
        self.model.history.save(self.folder / runs.HISTORY)

    def _judge(self) -> None:
        """Say how right the model is on images it has not seen."""
        quiet, test, history = self.args.quiet, self.dataset.test, self.model.history
        judged = report.Judged(test.images, test.labels, self.model.predict_proba(test.images))
        seconds = time.perf_counter() - self.started
        result = runs.result(judged, history, seconds)
        runs.save_config(self.folder, self.config | {"result": result})
        runs.remove_checkpoints(self.folder)
        _conclude(judged, self.dataset, history, quiet=quiet)
        print()
        print(wrapped("Time", f"{seconds:.1f} s"))
        _say_where(self.folder, quiet=quiet)


def _as_before(args: argparse.Namespace, config: dict[str, Any]) -> argparse.Namespace:
    """Return the options that a run began with; no others may be given."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    usual = vars(parser.parse_args([]))
    for name, value in vars(args).items():
        if name in usual and name not in _WITH_RESUME and value != usual[name]:
            option = name if name == "data" else f"--{name.replace('_', '-')}"
            advice = "The run goes on with the data and the options that it began with."
            rule = "come without --resume"
            raise argument_error("train", option.replace("data", "DATA"), rule, value, advice)
    return argparse.Namespace(**{**vars(args), **config["options"]})


_WITH_RESUME = ("resume", "quiet", "workers")


def _tell_changes(config: dict[str, Any]) -> None:
    """Say so if the run may not end with the bits of one that was never stopped."""
    changes = runs.changes(config)
    if changes:
        note("train", f"the numbers may differ in their last bits: {'; '.join(changes)}")


def _dataset(args: argparse.Namespace) -> Dataset:
    if args.data is None:
        return digits_dataset(args.split or SPLITS[0], args.seed)
    if args.split is not None:
        advice = "Put x_test and y_test into DATA to choose its test part."
        raise argument_error("train", "--split", "come without DATA", args.split, advice)
    return npz_dataset(args.data, args.seed)


def _recipe(args: argparse.Namespace, dataset: Dataset) -> Recipe:
    """Take the recipe for the data, changed by the options given."""
    count = len(dataset.training.labels)
    recipe = digits_recipe() if args.data is None else general_recipe(count)
    options = {name: getattr(args, name) for name in ("epochs", "batch_size", "learning_rate")}
    return recipe._replace(**{name: given for name, given in options.items() if given is not None})


class SaveBest(Callback):
    """Saves the model whenever it is the best so far, and the history after each epoch."""

    def __init__(self, model: Model, folder: Path) -> None:
        self.model, self.folder = model, folder

    def on_epoch(self, run: Run, values: Mapping[str, float]) -> None:
        """Save."""
        if run.history.best_epoch == run.epoch:
            self.model.save(self.folder / runs.MODEL)
        run.history.save(self.folder / runs.HISTORY)


def _save_after_interrupt(model: Model, folder: Path) -> None:
    """Save the best model so far, which `fit` has put back, and say where it is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    history = model.history
    best = history.best_epoch
    resumable = (folder / runs.CHECKPOINT).exists()
    print()
    if best is None:
        saved = "a checkpoint is saved" if resumable else "nothing is saved"
        print(wrapped("Interrupted", f"before the first epoch was over: {saved}"))
    else:
        history.save(folder / runs.HISTORY)
        model.save(folder / runs.MODEL)
        reached = history["validation_accuracy"][best - 1]
        said = f"best epoch so far: {best}, validation accuracy {reached:.2%}"
        print(wrapped("Interrupted", said))
        _say_where(folder)
    if resumable:
        print(wrapped("Go on", unbroken(f"convstep train --resume {shlex.quote(str(folder))}")))


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Stop at the first Ctrl-C; let no other disturb the way out.

    Presses of the next second do nothing. A later one raises again: Python drops an exception
    that comes while it finalizes an object, and the run must still be stoppable then.
    """
    last = -math.inf

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal last
        if time.monotonic() - last > 1:
            last = time.monotonic()
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# ------------------------------------------------------------------------- what is printed


def _introduce(model: Model, dataset: Dataset, recipe: Recipe, folder: Path) -> None:
    height, width, channels = dataset.input_shape
    colours = "1 channel" if channels == 1 else f"{channels} channels"
    sizes = [len(part.labels) for part in (dataset.training, dataset.validation, dataset.test)]
    distorted = "; each image turned, scaled and moved a little" if recipe.distortions else ""
    print(model.summary())
    print()
    print(wrapped("Data", f"{unbroken(dataset.title)}: {height} by {width} pixels, {colours}, "
                  f"{len(dataset.class_names)} classes"))  # fmt: skip
    print(wrapped("Split", f"{sizes[0]} to train, {sizes[1]} to choose the best epoch, "
                  f"{sizes[2]} to test ({_SPLIT_WORDS[dataset.split]})"))  # fmt: skip
    print(wrapped("Recipe", f"{recipe.epochs} epochs in batches of {recipe.batch_size}, Adam "
                  f"with a learning rate up to {recipe.learning_rate:g}{distorted}"))  # fmt: skip
    print(wrapped("Run folder", unbroken(folder)), end="\n\n", flush=True)


_SPLIT_WORDS = {
    "stratified": "at random, each class in proportion",
    "writers": "the last in file order: other writers",
    "file": "x_test and y_test",
}


def _conclude(judged: report.Judged, dataset: Dataset, history: History, *, quiet: bool) -> None:
    names = dataset.class_names
    if not quiet:
        print()
        print(wrapped("Best epoch", f"{history.best_epoch} of {history.epochs}"))
    print(wrapped("Test accuracy", report.accuracy_line(judged)))
    if quiet:
        return
    _section("Confusion table: true class down, answer across")
    print("\n".join(report.confusion_lines(report.confusion(judged, len(names)), names)))
    mistakes = report.mistake_drawings(judged, names)
    _section("Worst mistakes" if mistakes else "No mistakes")
    print("\n".join(mistakes))


def _say_where(folder: Path, *, quiet: bool = False) -> None:
    print(wrapped("Saved in", f"{unbroken(folder)}: {', '.join(runs.FILES)}"))
    if not quiet:
        command = f"convstep predict {shlex.quote(str(folder))} FILE.png"
        print(wrapped("Next", unbroken(command)))


def _section(title: str) -> None:
    print("\n" + styled(title, "bold"))
