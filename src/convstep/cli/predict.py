"""Say what is in image files, with a model that `convstep train` saved.

FILE is a picture (PNG, JPEG, ...) or an .npy array: one example, or a
batch. Pictures are brought to the model's size, channels and range of
values; arrays are taken as they are.

example: convstep predict runs/digits-1 three.png seven.png
"""

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.cli.options import count
from convstep.cli.runs import MODEL
from convstep.cli.terminal import harmless, note, styled, worded
from convstep.data.images import Images, edge_value, read_images
from convstep.errors import ConvstepError, Shown, argument_error
from convstep.models import Model

Answer = dict[str, Any]
Range = tuple[float, float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `predict` takes."""
    parser.add_argument("model", metavar="MODEL", help="model.safetensors, or the run folder")
    parser.add_argument("files", metavar="FILE", nargs="+", help="pictures or .npy arrays")
    parser.add_argument(
        "--top", type=count, default=3, metavar="K", help="show the K most probable classes (3)"
    )
    parser.add_argument(
        "--invert", action="store_true", help="swap dark and light: dark ink on white paper"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Classify every file; one that fails is told, and the others still count."""
    model = load_model(args.model)
    answers = []
    for answer in _answers(model, args.files, invert=args.invert, top=args.top):
        answers.append(answer)
        if not args.json:
            _show(answer)
    if args.json:
        print(json.dumps(answers, indent=2))
    return 2 if any("error" in answer for answer in answers) else 0


def load_model(place: str) -> Model:
    """Load a model of images from its file, or from the run folder that it lies in."""
    path = Path(place)
    model = Model.load(path / MODEL if path.is_dir() else path)
    if len(model.input_shape) != 3:
        raise argument_error("predict", "MODEL", "take images", Shown(f"input {model.input_shape}"))
    output = model.predict(np.empty((0, *model.input_shape))).shape[1:]
    if len(output) != 1:
        rule = "end in one score for each class"
        raise argument_error("predict", "MODEL", rule, Shown(f"output {output}"))
    return model


def value_range(model: Model) -> Range | None:
    """Return which values black and white had in training; None if the model does not say."""
    found = model.metadata.get("value_range")
    if found is None:
        return None
    try:
        low, high = map(float, found)
    except (TypeError, ValueError):
        low = high = math.nan
    if not -math.inf < low < high < math.inf:
        rule = 'have two rising numbers as metadata["value_range"]'
        raise argument_error("predict", "MODEL", rule, found)
    return low, high


def _answers(model: Model, files: list[str], *, invert: bool, top: int) -> Iterator[Answer]:
    height, width, channels = model.input_shape
    trained = value_range(model)
    names = model.metadata.get("class_names", [])
    for file in files:
        try:
            images = read_images(file, (height, width, channels), trained, invert=invert)
        except (ConvstepError, OSError) as error:
            yield {"file": file, "error": worded(error)}
            continue
        if trained:
            _advise_on_values(file, images, trained)
            if not invert:
                _advise_to_invert(model, file, edge_value(images), trained)
        for index, row in enumerate(model.predict_proba(images)):
            place = {"index": index} if len(images) > 1 else {}
            yield {"file": file, **place, "classes": _most_probable(row, names, top)}


def _advise_on_values(file: str, images: Images, trained: Range) -> None:
    """Say so if an array is in other units than the training images: 0 to 1, not 0 to 255."""
    least, largest = float(images.min()), float(images.max())
    low, high = trained
    span = high - low
    outside = least < low - span / 2 or largest > high + span / 2
    narrow = 0 < largest - least < span / 10
    if outside or (narrow and file.lower().endswith(".npy")):
        note(
            "predict",
            f"{file}: values from {least:g} to {largest:g}, and the training images had {low:g} "
            f"to {high:g}; an array must be in their units.",
        )


def _advise_to_invert(model: Model, file: str, edge: float, trained: Range) -> None:
    """Say so if the background is light where the training images had it dark, or the reverse."""
    was = model.metadata.get("edge", edge)
    if abs(edge - was) > 0.6 * (trained[1] - trained[0]):
        looks, looked = ("light", "dark") if edge > was else ("dark", "light")
        note(
            "predict",
            f"{file}: the background is {looks}, and was {looked} in the training images; "
            f"--invert swaps dark and light.",
        )


def _most_probable(row: NDArray[np.floating], names: list[str], top: int) -> list[dict[str, Any]]:
    order = np.argsort(-row, kind="stable")[:top]
    return [
        {"class": names[i] if i < len(names) else str(i), "probability": round(float(row[i]), 6)}
        for i in order
    ]


def _show(answer: Answer) -> None:
    if "error" in answer:
        note("predict", answer["error"])
        return
    place = f"{answer['file']}[{answer['index']}]" if "index" in answer else answer["file"]
    words = [harmless(f"{each['class']} {each['probability']:.1%}") for each in answer["classes"]]
    print(f"{place}: {styled(words[0], 'bold')}" + "".join(f"   {word}" for word in words[1:]))
