"""Checks of the examples that people hand to a `Model`."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from convstep.data.splits import stratified_split
from convstep.errors import Shown, argument_error, type_error
from convstep.nn.checks import fraction
from convstep.nn.layer import Array, ArraySpec
from convstep.nn.losses import Loss, checked_weights, positive_total
from convstep.ops.checks import array
from convstep.training.sources import Arrays, Batch, Examples, Source, Stream, is_dataset, on_disk

_STREAM = "be pairs (x, y), or (x, y, weight), from a function that yields batches"


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


def checked_batch(
    function: str, wanted: Wanted, x: Any, y: Any, weight: Any, owner: str = ""
) -> Batch:
    """Check inputs and targets, and that there are as many of both, and of weights."""
    inputs = checked_inputs(function, f"{owner}x", x, wanted.input)
    targets = wanted.loss.check(function, f"{owner}y", y, wanted.output)
    if len(inputs) == 0:
        raise argument_error(function, f"{owner}x", "hold at least one example", inputs)
    if len(targets) != len(inputs):
        rule = f"have one target for each of the {len(inputs)} examples"
        raise argument_error(function, f"{owner}y", rule, targets)
    if weight is not None:
        weight = checked_weights(function, f"{owner}sample_weight", weight, len(inputs))
        positive_total(function, float(weight.sum()))
    return Batch(inputs, targets, weight)


def checked_examples(
    function: str, x: Any, y: Any, wanted: Wanted, *, weight: Any = None, owner: str = ""
) -> Examples:
    """Check examples by number: arrays now, and what is read from a disk batch by batch.

    `y` is None where `x` is a `Source`.
    """
    look = partial(checked_batch, function, wanted, owner=owner)
    if y is None and isinstance(x, Source) and not hasattr(x, "shape"):
        source: Source = x
    elif on_disk(x) or is_dataset(y):
        source = Arrays(
            x if is_dataset(x) else np.asarray(x), y if is_dataset(y) else np.asarray(y)
        )
        _check_lengths(function, source, owner)
    else:
        x, y, weight = look(x, y, weight)
        return Examples(Arrays(x, y), weight)
    if len(source) == 0:
        raise argument_error(function, f"{owner}x", "hold at least one example", x)
    if weight is not None:
        weight = checked_weights(function, f"{owner}sample_weight", weight, len(source))
        positive_total(function, float(weight.sum()))
    Examples(source, None, look).take(np.arange(1))  # what does not fit at all is told at once
    return Examples(source, weight, look)


def _check_lengths(function: str, source: Arrays, owner: str) -> None:
    if len(source.y) != len(source.x):
        rule = f"have one target for each of the {len(source.x)} examples"
        raise argument_error(function, f"{owner}y", rule, Shown(f"{len(source.y)} targets"))


def checked_stream(x: Any, wanted: Wanted, epochs: int, length: int | None) -> Stream:
    """Check batches that come one after the other: a function that makes an iterator of them."""
    look = partial(checked_batch, "Model.fit", wanted)
    if callable(x):
        return Stream(_starter(x), look, _unpacked, length)
    if epochs > 1:
        rule = f"give its batches {epochs} times, once for each epoch"
        advice = "Give the function that makes the generator: x=batches, not x=batches()."
        raise argument_error("Model.fit", "x", rule, x, advice)
    return Stream(lambda epoch: iter(x), look, _unpacked, length)


def is_stream(x: Any) -> bool:
    """Tell whether this is a function, or an iterator, that gives batches."""
    return callable(x) or hasattr(x, "__next__")


def _starter(function: Callable[..., Any]) -> Callable[[int], Iterator[Any]]:
    """Let a function that takes an argument know the epoch."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of some functions in C nobody knows
        parameters = ()  # type: ignore[assignment]
    takes = any(
        each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        and each.default is each.empty
        for each in parameters
    )

    def start(epoch: int) -> Iterator[Any]:
        made = function(epoch) if takes else function()
        try:
            return iter(made)
        except TypeError:
            rule = "be a function that returns an iterator over batches"
            raise type_error("Model.fit", "x", rule, made) from None

    return start


def _unpacked(item: Any) -> tuple[Any, Any, Any]:
    """Take a batch apart: (x, y) or (x, y, weight)."""
    if not isinstance(item, tuple | list) or len(item) not in (2, 3):
        raise type_error("Model.fit", "batches", _STREAM, item)
    x, y, *weight = item
    return x, y, weight[0] if weight else None


def checked_parts(
    training: Examples | Stream, wanted: Wanted, split: Any, data: Any, seed: int
) -> tuple[Examples | Stream, Examples | None]:
    """Check the validation data of `Model.fit`: what to train on, and what to measure on."""
    share = fraction("Model.fit", "validation_split", split)
    if data is None and not share:
        return _weighty(training), None
    if data is None:
        if isinstance(training, Stream):
            rule = "be 0 where x is a stream of batches"
            advice = "Give validation_data."
            raise argument_error("Model.fit", "validation_split", rule, split, advice)
        rest, part = _split(_weighty(training), wanted.loss, share, seed)
        return rest, part
    if share:
        rule = "be 0 where validation_data is given"
        raise argument_error("Model.fit", "validation_split", rule, split)
    return _weighty(training), _validation(data, wanted)


def _validation(data: Any, wanted: Wanted) -> Examples:
    owner = "validation_data's "
    if isinstance(data, Source) and not isinstance(data, tuple | list | np.ndarray):
        return checked_examples("Model.fit", data, None, wanted, owner=owner)
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        rule = "be a pair (x, y), or (x, y, sample_weight)"
        raise type_error("Model.fit", "validation_data", rule, data)
    x, y, *weight = data
    weights = weight[0] if weight else None
    return checked_examples("Model.fit", x, y, wanted, weight=weights, owner=owner)


def _weighty(training: Any) -> Any:
    """Leave out examples without weight, which would only make batches of nothing."""
    if isinstance(training, Stream) or training.weight is None or training.weight.all():
        return training
    return training.part(np.flatnonzero(training.weight))


def _split(examples: Examples, loss: Loss, share: float, seed: int) -> tuple[Examples, Examples]:
    """Hold back a share of the examples, each class in proportion."""
    rest, part = stratified_split(_classes(examples, loss), share, seed)
    if not len(part):
        rule = "hold back at least one example, and leave one of each class"
        advice = f"There are {len(rest)} examples."
        raise argument_error("Model.fit", "validation_split", rule, share, advice)
    return examples.part(rest), examples.part(part)


def _classes(examples: Examples, loss: Loss) -> Array:
    """Return the classes of examples, if there are classes and the targets can be looked at."""
    if isinstance(examples.source, Arrays) and type(loss).decide is not Loss.decide:
        y = examples.source.y
        if y.size == len(y):
            labels: Array = np.asarray(y[...]).reshape(-1)
            return labels if examples.chosen is None else labels[examples.chosen]
    return np.zeros(len(examples), np.intp)
