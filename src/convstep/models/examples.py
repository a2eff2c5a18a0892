"""Checks of the examples that people hand to a `Model`, all of them before any work."""

from typing import Any, NamedTuple

import numpy as np

from convstep.data.splits import stratified_split
from convstep.errors import Shown, argument_error, type_error
from convstep.nn.checks import fraction
from convstep.nn.layer import Array, ArraySpec
from convstep.nn.losses import Loss
from convstep.ops.checks import array
from convstep.training.evaluate import Examples


class Wanted(NamedTuple):
    """What examples must fit: the network's input and output, and the loss."""

    input: ArraySpec
    output: ArraySpec
    loss: Loss


def checked_inputs(function: str, argument: str, value: Any, wanted: ArraySpec) -> Array:
    """Return a batch of examples of this shape; where it ends in one channel, that may lack.

    Their dtype stays, but all of them are finite in the one that is wanted.
    """
    x, shape = array(function, argument, value, None), wanted.shape
    if shape[-1:] == (1,) and x.ndim == len(shape) and x.shape[1:] == shape[:-1]:
        x = x[..., np.newaxis]  # (N, H, W) -> (N, H, W, 1)
    if x.ndim == 0 or x.shape[1:] != shape:
        rule = f"have shape ({', '.join(map(str, ('N', *shape)))})"
        advice = "A single example needs a batch axis: x[np.newaxis]." if x.shape == shape else ""
        raise argument_error(function, argument, rule, x, advice)
    with np.errstate(over="ignore"):
        # Rounding keeps the order, so the least and the largest tell of all; NaN is both.
        ends = x.size and np.array([x.min(), x.max()]).astype(wanted.dtype)
        if not np.isfinite(ends).all():
            first = tuple(np.argwhere(~np.isfinite(x.astype(wanted.dtype)))[0].tolist())
            advice = f"{wanted.dtype} ends at {np.finfo(wanted.dtype).max}."
            raise argument_error(
                function,
                argument,
                "hold finite numbers only",
                Shown(f"{x[first]} at {first}"),
                advice if np.isfinite(x[first]) else "",
            )
    return x


def checked_examples(function: str, x: Any, y: Any, wanted: Wanted, owner: str = "") -> Examples:
    """Check inputs and targets, and that there are as many of both."""
    inputs = checked_inputs(function, f"{owner}x", x, wanted.input)
    targets = wanted.loss.check(function, f"{owner}y", y, wanted.output)
    if len(inputs) == 0:
        raise argument_error(function, f"{owner}x", "hold at least one example", inputs)
    if len(targets) != len(inputs):
        rule = f"have one target for each of the {len(inputs)} examples"
        raise argument_error(function, f"{owner}y", rule, targets)
    return Examples(inputs, targets)


def checked_parts(
    x: Any, y: Any, wanted: Wanted, validation_split: Any, validation_data: Any, seed: int
) -> tuple[Examples, Examples | None]:
    """Check the data of `Model.fit`: what to train on, and what to measure on."""
    training = checked_examples("Model.fit", x, y, wanted)
    share = fraction("Model.fit", "validation_split", validation_split)
    if validation_data is None:
        return _split(training, share, seed) if share else (training, None)
    if share:
        rule = "be 0 where validation_data is given"
        raise argument_error("Model.fit", "validation_split", rule, validation_split)
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise type_error("Model.fit", "validation_data", "be a pair (x, y)", validation_data)
    held_x, held_y = validation_data
    return training, checked_examples("Model.fit", held_x, held_y, wanted, "validation_data's ")


def _split(examples: Examples, share: float, seed: int) -> tuple[Examples, Examples]:
    """Hold back a share of the examples, each class in proportion."""
    rest, part = stratified_split(examples.target, share, seed)
    if not len(part):
        rule = "hold back at least one example, and leave one of each class"
        advice = f"There are {len(rest)} examples."
        raise argument_error("Model.fit", "validation_split", rule, share, advice)
    return (
        Examples(examples.x[rest], examples.target[rest]),
        Examples(examples.x[part], examples.target[part]),
    )
