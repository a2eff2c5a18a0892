"""The models that commands are given: from their file, or from the run folder they lie in."""

import math
from pathlib import Path

import numpy as np

from convstep.cli.runs import MODEL
from convstep.cli.terminal import note
from convstep.data.images import Images, edge_value
from convstep.errors import Shown, argument_error
from convstep.models import Model

Range = tuple[float, float]


def load(place: str) -> Model:
    """Load any model from its file, or from its run folder."""
    path = Path(place)
    return Model.load(path / MODEL if path.is_dir() else path)


def load_classifier(command: str, place: str) -> Model:
    """Load a model that takes images and ends in one score for each class."""
    model = load(place)
    if len(model.input_shape) != 3:
        raise argument_error(command, "MODEL", "take images", Shown(f"input {model.input_shape}"))
    output = model.predict(np.empty((0, *model.input_shape))).shape[1:]
    if len(output) != 1:
        rule = "end in one score for each class"
        raise argument_error(command, "MODEL", rule, Shown(f"output {output}"))
    return model


def value_range(command: str, model: Model) -> Range | None:
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
        raise argument_error(command, "MODEL", rule, found)
    return low, high


def advise(
    command: str, file: str, model: Model, images: Images, trained: Range, *, inverted: bool
) -> None:
    """Say so if images look unlike those that a model was trained on."""
    _advise_on_values(command, file, images, trained)
    if not inverted:
        _advise_to_invert(command, model, file, edge_value(images), trained)


def _advise_on_values(command: str, file: str, images: Images, trained: Range) -> None:
    """Say so if an array is in other units than the training images: 0 to 1, not 0 to 255."""
    least, largest = float(images.min()), float(images.max())
    low, high = trained
    span = high - low
    outside = least < low - span / 2 or largest > high + span / 2
    narrow = 0 < largest - least < span / 10
    if outside or (narrow and file.lower().endswith(".npy")):
        note(
            command,
            f"{file}: values from {least:g} to {largest:g}, and the training images had {low:g} "
            f"to {high:g}; an array must be in their units.",
        )


def _advise_to_invert(command: str, model: Model, file: str, edge: float, trained: Range) -> None:
    """Say so if the background is light where the training images had it dark, or the reverse."""
    was = model.metadata.get("edge", edge)
    if abs(edge - was) > 0.6 * (trained[1] - trained[0]):
        looks, looked = ("light", "dark") if edge > was else ("dark", "light")
        note(
            command,
            f"{file}: the background is {looks}, and was {looked} in the training images; "
            f"--invert swaps dark and light.",
        )
