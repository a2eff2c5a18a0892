"""What `convstep train` prints of a run, before and after."""

import shlex
from pathlib import Path

from convstep.cli import report, runs
from convstep.cli.dataset import Dataset
from convstep.cli.recipes import Recipe
from convstep.cli.terminal import styled, unbroken, wrapped
from convstep.models import Model
from convstep.training import History


def introduce(model: Model, dataset: Dataset, recipe: Recipe, folder: Path) -> None:
    """Tell the network, the data and the recipe."""
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


def conclude(judged: report.Judged, dataset: Dataset, history: History, *, quiet: bool) -> None:
    """Tell how right the model is, and where it is wrong."""
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


def say_where(folder: Path, *, quiet: bool = False) -> None:
    """Tell which files there are, and what to do with them."""
    there = [name for name in runs.FILES if (folder / name).exists()]  # no report without an end
    print(wrapped("Saved in", f"{unbroken(folder)}: {', '.join(there)}"))
    if not quiet:
        command = f"convstep predict {shlex.quote(str(folder))} FILE.png"
        print(wrapped("Next", unbroken(command)))


def _section(title: str) -> None:
    print("\n" + styled(title, "bold"))
