"""Say what is in image files, with a model that `convstep train` saved.

FILE is a picture (PNG, JPEG, ...) or an .npy array: one example, or a
batch. Pictures are brought to the model's size, channels and range of
values; arrays are taken as they are.

example: convstep predict runs/digits-1 three.png seven.png
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convstep.cli.options import count
from convstep.cli.saved import advise, load_classifier, value_range
from convstep.cli.terminal import harmless, note, styled, worded
from convstep.data.images import read_images
from convstep.errors import ConvstepError
from convstep.models import Model

Answer = dict[str, Any]


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
    model = load_classifier("predict", args.model)
    answers = []
    for answer in _answers(model, args.files, invert=args.invert, top=args.top):
        answers.append(answer)
        if not args.json:
            _show(answer)
    if args.json:
        print(json.dumps(answers, indent=2))
    return 2 if any("error" in answer for answer in answers) else 0


def _answers(model: Model, files: list[str], *, invert: bool, top: int) -> Iterator[Answer]:
    height, width, channels = model.input_shape
    trained = value_range("predict", model)
    names = model.metadata.get("class_names", [])
    for file in files:
        try:
            images = read_images(file, (height, width, channels), trained, invert=invert)
        except (ConvstepError, OSError) as error:
            yield {"file": file, "error": worded(error)}
            continue
        if trained:
            advise("predict", file, model, images, trained, inverted=invert)
        for index, row in enumerate(model.predict_proba(images)):
            place = {"index": index} if len(images) > 1 else {}
            yield {"file": file, **place, "classes": _most_probable(row, names, top)}


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
