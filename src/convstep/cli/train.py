"""Train a small convolutional network; judge it on images it has not seen.

Without DATA: the built-in set, 1,797 handwritten digits of 8 by 8 pixels.
DATA is your own: a folder with a folder of pictures for each class, an .npz
or .npy files with x_train, y_train, x_test, y_test, the lesson's HDF5 files,
MNIST's and CIFAR's binary files, or a table of pixels (CSV). Files that
belong together are found by their names. docs/formats.md tells more.
The run is saved in a new folder.

example: convstep train
example: convstep train --split writers --seed 3
example: convstep train flowers.npz --epochs 20 --out runs/flowers
example: convstep train photos/ --image-size 32 32 --augment flip,crop
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

import numpy as np

from convstep import nn
from convstep.cli import dataset as data
from convstep.cli import options, report, runs
from convstep.cli.dataset import Dataset
from convstep.cli.recipes import (
    AUGMENTATIONS,
    WARMUP,
    Recipe,
    augment_names,
    digits_recipe,
    distortions,
    general_recipe,
    network,
)
from convstep.cli.terminal import styled, unbroken, wrapped
from convstep.data.images import edge_value
from convstep.models import Model
from convstep.training import Callback, History
from convstep.training.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `train` takes."""
    add = parser.add_argument
    data.add_arguments(parser)
    add("--augment", type=augment_names, metavar="NAMES",
        help=f"change images at random: none, or some of {','.join(AUGMENTATIONS)}")  # fmt: skip
    add("--epochs", type=options.count, metavar="N", help="times to go through the training images")
    add("--batch-size", type=options.count, metavar="N", help="images in a step")
    add("--learning-rate", type=options.rate, metavar="R", help="Adam's highest learning rate")
    add("--seed", type=options.seed, default=0, metavar="N", help="repeats a run bit for bit (0)")
    add("--out", type=options.folder, metavar="DIR",
        help="run folder, new or empty (runs/NAME-NUMBER)")  # fmt: skip
    add("--quiet", action="store_true", help="print the result alone")


def run(args: argparse.Namespace) -> int:
    """Train, judge, save."""
    started = time.perf_counter()
    dataset = data.read(args)
    recipe = _recipe(args, dataset)
    model = Model(network(dataset), input_shape=dataset.input_shape, seed=args.seed)
    model.metadata.update(
        class_names=dataset.class_names,
        value_range=dataset.value_range,
        edge=edge_value(dataset.training.images),
    )
    config = runs.config(dataset, recipe, args.seed)
    with runs.run_folder(args.out, dataset.name) as folder, _one_interrupt():
        runs.save_config(folder, config)
        if not args.quiet:
            _introduce(model, dataset, recipe, folder)
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # fit itself sees a broken loss
                _fit(model, dataset, recipe, folder, quiet=args.quiet)
            test = dataset.test
            judged = report.Judged(test.images, test.labels, model.predict_proba(test.images))
            seconds = time.perf_counter() - started
            result = runs.result(judged, model.history, seconds)
            runs.save_config(folder, config | {"result": result})
            _conclude(judged, dataset, model.history, quiet=args.quiet)
            print()
            print(wrapped("Time", f"{seconds:.1f} s"))
            _say_where(folder, quiet=args.quiet)
        except KeyboardInterrupt:
            _save_after_interrupt(model, folder)
            return 130
    return 0


def _recipe(args: argparse.Namespace, dataset: Dataset) -> Recipe:
    """Take the recipe for the data, changed by the options given."""
    count = len(dataset.training.labels)
    recipe = digits_recipe() if args.data is None else general_recipe(count)
    if args.augment is not None:
        recipe = recipe._replace(distortions=distortions(args.augment, dataset))
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
    print()
    if best is None:
        print(wrapped("Interrupted", "before the first epoch was over: nothing is saved"))
        return
    history.save(folder / runs.HISTORY)
    model.save(folder / runs.MODEL)
    reached = history["validation_accuracy"][best - 1]
    print(wrapped("Interrupted", f"best epoch so far: {best}, validation accuracy {reached:.2%}"))
    _say_where(folder)


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


def _fit(model: Model, dataset: Dataset, recipe: Recipe, folder: Path, *, quiet: bool) -> None:
    model.fit(
        *dataset.training,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        optimizer=nn.Adam(recipe.learning_rate),
        schedule=nn.CosineSchedule(warmup=WARMUP),
        validation_data=dataset.validation,
        augment=recipe.augment,
        keep_best=True,
        progress="none" if quiet else "auto",
        callbacks=[SaveBest(model, folder)],
    )


# ------------------------------------------------------------------------- what is printed


def _introduce(model: Model, dataset: Dataset, recipe: Recipe, folder: Path) -> None:
    height, width, channels = dataset.input_shape
    colours = "1 channel" if channels == 1 else f"{channels} channels"
    sizes = [len(part.labels) for part in (dataset.training, dataset.validation, dataset.test)]
    print(model.summary())
    print()
    print(wrapped("Data", f"{unbroken(dataset.title)}: {height} by {width} pixels, {colours}, "
                  f"{len(dataset.class_names)} classes"))  # fmt: skip
    print(wrapped("Split", f"{sizes[0]} to train, {sizes[1]} to choose the best epoch, "
                  f"{sizes[2]} to test ({_SPLIT_WORDS[dataset.split]})"))  # fmt: skip
    print(wrapped("Recipe", f"{recipe.epochs} epochs in batches of {recipe.batch_size}, Adam "
                  f"with a learning rate up to {recipe.learning_rate:g}"
                  f"{recipe.augment_words}"))  # fmt: skip
    print(wrapped("Run folder", unbroken(folder)), end="\n\n", flush=True)


_SPLIT_WORDS = {
    "stratified": "at random, each class in proportion",
    "writers": "the last in file order: other writers",
    "file": "the data's own test part",
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
