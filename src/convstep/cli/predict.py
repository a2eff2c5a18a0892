"""Say what is in image files, with a model that `convstep train` saved.

FILE is a picture (PNG, JPEG, ...) or an .npy array: one example, or a
batch. Pictures are brought to the model's size, channels and range of
values; arrays are taken as they are.

example: convstep predict runs/digits-1 three.png seven.png
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.cli.runs import MODEL
from convstep.cli.terminal import styled
from convstep.data.images import edge_value, read_images
from convstep.errors import ConvstepError, argument_error
from convstep.models import Model

Answer = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `predict` takes."""
    parser.add_argument("model", metavar="MODEL", help="model.safetensors, or the run folder")
    parser.add_argument("files", metavar="FILE", nargs="+", help="pictures or .npy arrays")
    parser.add_argument(
        "--top", type=int, default=3, metavar="K", help="show the K most probable classes (3)"
    )
    parser.add_argument(
        "--invert", action="store_true", help="swap dark and light: dark ink on white paper"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Classify every file; one that fails is told, and the others still count."""
    model = load_model(args.model)
    answers = []
    for answer in _answers(model, args.files, invert=args.invert, top=max(args.top, 1)):
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
        raise argument_error("predict", "MODEL", "take images", f"input {model.input_shape}")
    return model


def _answers(model: Model, files: list[str], *, invert: bool, top: int) -> Iterator[Answer]:
    height, width, channels = model.input_shape
    value_range = model.metadata.get("value_range", (0.0, 1.0))
    names = model.metadata.get("class_names")
    for file in files:
        try:
            images = read_images(file, (height, width, channels), value_range, invert=invert)
        except (ConvstepError, OSError) as error:
            yield {"file": file, "error": str(error)}
            continue
        if not invert:
            _advise_to_invert(model, file, edge_value(images))
        for index, row in enumerate(model.predict_proba(images)):
            place = {"index": index} if len(images) > 1 else {}
            yield {"file": file, **place, "classes": _most_probable(row, names, top)}


def _advise_to_invert(model: Model, file: str, edge: float) -> None:
    """Say so if the background is light where the training images had it dark, or the reverse."""
    low, high = model.metadata.get("value_range", (0.0, 1.0))
    trained = model.metadata.get("edge", edge)
    if abs(edge - trained) > 0.6 * (high - low):
        looks, was = ("light", "dark") if edge > trained else ("dark", "light")
        print(
            f"convstep predict: {file}: the background is {looks}, and was {was} in the training "
            f"images; --invert swaps dark and light.",
            file=sys.stderr,
        )


def _most_probable(
    row: NDArray[np.floating], names: list[str] | None, top: int
) -> list[dict[str, Any]]:
    order = np.argsort(-row, kind="stable")[:top]
    return [
        {"class": names[i] if names else str(i), "probability": round(float(row[i]), 6)}
        for i in order
    ]


def _show(answer: Answer) -> None:
    if "error" in answer:
        print(f"convstep predict: {answer['error']}", file=sys.stderr)
        return
    place = f"{answer['file']}[{answer['index']}]" if "index" in answer else answer["file"]
    words = [f"{found['class']} {found['probability']:.1%}" for found in answer["classes"]]
    print(f"{place}: {styled(words[0], 'bold')}" + "".join(f"   {word}" for word in words[1:]))
