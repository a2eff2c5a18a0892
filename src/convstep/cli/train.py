"""Train a small convolutional network; judge it on images it has not seen.

Without DATA: the built-in set, 1,797 handwritten digits of 8 by 8 pixels.
DATA is your own: a folder with a folder of pictures for each class, an .npz
or .npy files with x_train, y_train, x_test, y_test, the lesson's HDF5 files,
MNIST's and CIFAR's binary files, or a table of pixels (CSV). Files that
belong together are found by their names. docs/formats.md tells more.
The run is saved in a new folder.

--resume goes on with a run that was stopped, also by a crash, from its last
checkpoint; it ends with the bits of a run that was never stopped.

example: convstep train
example: convstep train --split writers --seed 3
example: convstep train flowers.npz --epochs 20 --out runs/flowers
example: convstep train photos/ --image-size 32 32 --augment flip,crop
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
from convstep.cli import dataset as data
from convstep.cli import options, report, runs, words
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
from convstep.cli.terminal import note, unbroken, worded, wrapped
from convstep.data.images import edge_value
from convstep.errors import argument_error
from convstep.models import Model
from convstep.training import Callback, Checkpoint
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
    add("--checkpoint-every", type=options.count, metavar="N",
        help="steps between checkpoints (one at the end of each epoch)")  # fmt: skip
    add("--workers", type=options.seed, default=0, metavar="N",
        help="threads that make the next batches ready; they change no bit (0)")  # fmt: skip
    add("--resume", type=options.folder, metavar="RUN", help="go on with the run of this folder")
    add("--quiet", action="store_true", help="print the result alone")


def run(args: argparse.Namespace) -> int:
    """Train, judge, save."""
    if args.resume is None:
        dataset = data.read(args)
        recipe = _recipe(args, dataset)
        config = runs.config(dataset, recipe, args)
        with runs.run_folder(args.out, dataset.name) as folder, runs.alone(folder):
            runs.save_config(folder, config)
            return _Training(args, dataset, recipe, folder, config).go()
    with runs.alone(Path(args.resume)):
        return _resume(args, Path(args.resume))


def _resume(args: argparse.Namespace, folder: Path) -> int:
    """Go on with the run of a folder."""
    config = runs.reopened(folder)
    args = _as_before(args, config)
    if "result" in config:
        runs.remove_checkpoints(folder)
        print(wrapped("Finished", f"{unbroken(folder)} is a run that came to its end"))
        return 0
    runs.tell_changes(config)
    runs.clear(folder)
    dataset = data.read(args)
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
                words.introduce(model, self.dataset, self.recipe, folder)
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
        self._report(judged, result)
        runs.save_config(self.folder, self.config | {"result": result})  # now it is finished
        runs.remove_checkpoints(self.folder)
        words.conclude(judged, self.dataset, history, quiet=quiet)
        print()
        print(wrapped("Time", f"{seconds:.1f} s"))
        words.say_where(self.folder, quiet=quiet)

    def _report(self, judged: report.Judged, result: dict[str, Any]) -> None:
        """Write the page of the run; whatever fails here, the run goes on to its end."""
        from convstep.report import training_report

        try:
            page = training_report(
                self.model,
                self.model.history,
                *judged,
                result,
                name=self.folder.name,
                class_names=self.dataset.class_names,
            )
            page.to_html(self.folder / runs.REPORT)
        except Exception as error:  # whatever it is, the run is worth more than its page
            note("train", f"{runs.REPORT} could not be written: {worded(error)}")


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
        words.say_where(folder)
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
