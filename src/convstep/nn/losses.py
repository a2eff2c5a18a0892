"""Losses that classify, and what all losses share.

A loss says how wrong an output is, and its gradient says which way to go. Those of regression
are in `regression`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convstep import ops
from convstep.errors import Shown, argument_error, type_error
from convstep.nn.checks import fraction, items, not_negative
from convstep.nn.layer import Array, ArraySpec
from convstep.ops.checks import array

_LABELS = "be an array of integer labels"
_NUMBERED = "names, y = np.unique(y, return_inverse=True) numbers the classes."
_TO_LABELS = {
    "b": "y.astype(int) makes them so.",
    "f": "y.astype(int) makes them so.",
    "O": _NUMBERED,
    "S": _NUMBERED,
    "U": _NUMBERED,
}


class Loss(ABC):
    """The base of all losses.

    A loss is a weighted mean over the batch, ``sum(weight * loss) / sum(weight)``, where a
    weight is the product of an example's own and of its class's; each is 1 unless given.
    """

    @abstractmethod
    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Return the target as an array, or raise if it does not fit a network's output."""

    @abstractmethod
    def forward(
        self, output: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss over the batch, and its gradient by the output.

        `weight` holds a number of at least 0 for each example, shape (N,).
        """

    def total_weight(self, target: Array, weight: Array | None = None) -> float:
        """Return what a batch counts for in a mean over several: the sum of its weights."""
        return float(len(target) if weight is None else np.sum(weight, dtype=np.float64))

    def decide(self, output: Array) -> Array | None:
        """Return the targets that outputs speak for; None for a loss that does not classify."""
        return None


@dataclass(frozen=True)
class SoftmaxCrossEntropy(Loss):
    """-log of the probability that softmax gives the right class, for integer labels.

    Parameters
    ----------
    label_smoothing : float
        The share of each label, from 0 up to 1, that is spread evenly over all classes.
    class_weight : sequence of float, optional
        A weight for each class, of at least 0.

    Notes
    -----
    Computed from log-softmax, so that no score is too large; the gradient is
    ``(softmax(output) - onehot(target)) / batch``. Smoothing (Szegedy et al., 2016, *Rethinking
    the inception architecture*) together with class weights follows PyTorch's `cross_entropy`.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> loss, grad = nn.SoftmaxCrossEntropy().forward(np.zeros((2, 4)), np.array([0, 3]))
    >>> round(loss, 4), grad.shape
    (1.3863, (2, 4))
    """

    label_smoothing: float = 0.0
    class_weight: Sequence[float] | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        _settle_class_options(self, self.label_smoothing, self.class_weight)

    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Check integer labels from 0 up to the number of outputs."""
        classes = self._classes(function, output)
        try:
            labels = np.asarray(target)
        except ValueError:
            advice = "Its rows differ in length."
            raise type_error(function, argument, _LABELS, target, advice) from None
        if labels.ndim != 1:
            rule = "have one axis: one label per example"
            advice = "One-hot rows become labels by y.argmax(axis=1)." if labels.ndim == 2 else ""
            raise argument_error(function, argument, rule, labels, advice)
        if labels.dtype.kind not in "iu":
            advice = _TO_LABELS.get(labels.dtype.kind, "")
            raise type_error(function, argument, _LABELS, labels, advice)
        if labels.size and not (labels.min() >= 0 and labels.max() < classes):
            rule = f"hold labels from 0 to {classes - 1}, one per output of the network"
            got = Shown(f"labels from {labels.min()} to {labels.max()}")
            raise argument_error(function, argument, rule, got)
        return labels

    def forward(
        self, output: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss and its gradient."""
        name = type(self).__name__
        output = array(name, "output", output, 2, "(batch, classes)")
        labels = self.check(name, "target", target, ArraySpec(output.shape[1:], output.dtype))
        same_count(name, output, labels)
        rows = np.arange(len(output))
        log_probabilities = ops.log_softmax(output)
        if weight is None and not self.label_smoothing and self.class_weight is None:
            loss = -log_probabilities[rows, labels].mean(dtype=np.float64)
            grad = np.exp(log_probabilities)
            grad[rows, labels] -= 1
            grad /= len(output)
            return float(loss), grad
        shares = self._shares(output, labels, weight)
        total = positive_total(name, self.total_weight(labels, weight))
        loss = -np.sum(shares * log_probabilities, dtype=np.float64) / total
        grad = np.exp(log_probabilities) * shares.sum(axis=1, keepdims=True) - shares
        grad /= total
        return float(loss), grad

    def total_weight(self, target: Array, weight: Array | None = None) -> float:
        """Add up the weights of the examples, times those of their classes."""
        if self.class_weight is None:
            return super().total_weight(target, weight)
        by_class = np.asarray(self.class_weight)[target]
        return float(np.sum(by_class if weight is None else by_class * weight))

    def decide(self, output: Array) -> Array:
        """Return the class of the highest score."""
        best: Array = output.argmax(axis=-1)
        return best

    def _shares(self, output: Array, labels: Array, weight: Array | None) -> Array:
        """Return how much each class of each example counts: (N, classes)."""
        classes = output.shape[1]
        shares = np.full_like(output, self.label_smoothing / classes)
        shares[np.arange(len(labels)), labels] += 1 - self.label_smoothing
        if self.class_weight is not None:
            shares *= np.asarray(self.class_weight, output.dtype)
        if weight is not None:
            name = type(self).__name__
            weight = checked_weights(name, "weight", weight, len(labels))
            shares *= weight.astype(output.dtype, copy=False)[:, np.newaxis]
        return shares

    def _classes(self, function: str, output: ArraySpec) -> int:
        """Return the number of classes that the network tells apart."""
        rule = "end in one score per class for softmax cross-entropy"
        if len(output.shape) != 1:
            got = Shown(f"outputs of shape {output.shape}")
            advice = "Let it end in Dense(number_of_classes)."
            raise argument_error(function, "the network", rule, got, advice)
        classes = output.shape[0]
        if classes < 2:
            rule = "end in one score per class, two or more, for softmax cross-entropy"
            advice = "SigmoidCrossEntropy learns 0 and 1 from one score."
            raise argument_error(function, "the network", rule, Shown("one score"), advice)
        if self.class_weight is not None and len(self.class_weight) != classes:
            rule = f"hold one weight for each of the {classes} classes"
            raise argument_error(type(self).__name__, "class_weight", rule, self.class_weight)
        return classes


@dataclass(frozen=True)
class SigmoidCrossEntropy(Loss):
    """-log of the probability that the sigmoid gives the right answer, for targets of 0 and 1.

    The network ends in one score, for labels (N,) of 0 and 1; or in several, for rows of 0 and
    1: whether each of several things is there.

    Parameters
    ----------
    label_smoothing : float
        The share of each target, from 0 up to 1, that is drawn to one half.
    class_weight : (float, float), optional
        What a 0 and a 1 weigh.

    Notes
    -----
    ``max(z, 0) - z * target + log(1 + exp(-|z|))`` for a score z, which never overflows; its
    gradient is ``sigmoid(z) - target``.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> loss, grad = nn.SigmoidCrossEntropy().forward(np.zeros((2, 1)), np.array([0, 1]))
    >>> round(loss, 4), grad.tolist()
    (0.6931, [[0.25], [-0.25]])
    """

    label_smoothing: float = 0.0
    class_weight: Sequence[float] | None = None

    def __post_init__(self) -> None:
        """Check the arguments."""
        _settle_class_options(self, self.label_smoothing, self.class_weight)
        if self.class_weight is not None and len(self.class_weight) != 2:
            rule = "be a pair: what a 0 and what a 1 weighs"
            raise argument_error(type(self).__name__, "class_weight", rule, self.class_weight)

    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Check targets of 0 and 1, in the shape of the outputs."""
        found = shaped_target(function, argument, target, output)
        wrong = (found != 0) & (found != 1)
        if wrong.any():
            got = Shown(f"{found[wrong].flat[0]} among {found.size} numbers")
            advice = "" if output.shape != (1,) else _NUMBERED
            raise argument_error(function, argument, "hold only 0 and 1", got, advice)
        return found

    def forward(
        self, output: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss and its gradient."""
        name = type(self).__name__
        output = array(name, "output", output, None)
        target = self.check(name, "target", target, ArraySpec(output.shape[1:], output.dtype))
        same_count(name, output, target)
        wanted = target.astype(output.dtype)
        wanted += self.label_smoothing * (0.5 - wanted)
        losses = np.maximum(output, 0) - output * wanted + np.log1p(np.exp(-np.abs(output)))
        slopes = ops.sigmoid(output) - wanted
        return weighted_mean(name, losses, slopes, self._weights(target, weight))

    def total_weight(self, target: Array, weight: Array | None = None) -> float:
        """Add up the weights of all numbers in the target."""
        weights = self._weights(target, weight)
        return float(target.size if weights is None else np.sum(weights, dtype=np.float64))

    def decide(self, output: Array) -> Array:
        """Return 1 where it is the likelier answer, else 0."""
        return (output > 0).astype(np.intp)

    def _weights(self, target: Array, weight: Array | None) -> Array | None:
        """Return what each number of the target weighs, in its shape; None where all are 1."""
        per_example = None
        if weight is not None:
            per_example = spread(type(self).__name__, weight, target)
        if self.class_weight is None:
            return per_example
        by_class = np.asarray(self.class_weight)[target.astype(np.intp)]
        return by_class if per_example is None else by_class * per_example


# ---------------------------------------------------------------------------- for all losses


def checked_weights(function: str, argument: str, value: Any, count: int) -> Array:
    """Check the weights of examples: `count` finite numbers of at least 0."""
    weights = array(function, argument, value, 1, "(examples)")
    if len(weights) != count:
        rule = f"hold one weight for each of the {count} examples"
        raise argument_error(function, argument, rule, weights)
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    if wrong.any():
        place = int(wrong.argmax())
        got = Shown(f"{weights[place]} at {place}")
        raise argument_error(function, argument, "hold finite numbers of at least 0", got)
    return weights


def positive_total(function: str, total: float) -> float:
    """Check that there is something to take a mean of."""
    if not total > 0:
        rule = "leave at least one example of a batch with a weight above 0"
        raise argument_error(function, "the weights of examples and classes", rule, total)
    return total


def same_count(function: str, output: Array, target: Array) -> None:
    """Check that there is a target for each output."""
    if len(target) != len(output) or not len(output):
        rule = f"hold a label for each of the {len(output)} outputs, and one at least"
        raise argument_error(function, "target", rule, target)


def shaped_target(function: str, argument: str, target: Any, output: ArraySpec) -> Array:
    """Return finite numbers of the outputs' shape; (N,) becomes (N, 1) for a single output."""
    found = array(function, argument, target, None)
    if output.shape == (1,) and found.ndim == 1:
        found = found[:, np.newaxis]
    if found.ndim == 0 or found.shape[1:] != output.shape:
        wanted = " or (N,)" if output.shape == (1,) else ""
        rule = f"have shape ({', '.join(map(str, ('N', *output.shape)))}){wanted}, as the outputs"
        raise argument_error(function, argument, rule, found)
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        place = tuple(np.argwhere(~np.isfinite(found))[0].tolist())
        got = Shown(f"{found[place]} at {place}")
        raise argument_error(function, argument, "hold finite numbers only", got)
    return found


def spread(function: str, weight: Array, target: Array) -> Array:
    """Give each number of a target the weight of its example; (N,) -> the target's shape."""
    weight = checked_weights(function, "weight", weight, len(target))
    column = weight.reshape(-1, *[1] * (target.ndim - 1))
    return np.broadcast_to(column, target.shape)


def weighted_mean(
    function: str, losses: Array, slopes: Array, weights: Array | None
) -> tuple[float, Array]:
    """Return the mean of losses, number by number, and its gradient."""
    if weights is None:
        return float(losses.mean(dtype=np.float64)), slopes / slopes.dtype.type(slopes.size)
    total = positive_total(function, float(np.sum(weights, dtype=np.float64)))
    grad = slopes * (weights / total).astype(slopes.dtype)
    return float(np.sum(weights * losses, dtype=np.float64) / total), grad


def _settle_class_options(loss: Any, smoothing: Any, weights: Any) -> None:
    """Check the options of a loss that classifies, and put plain numbers in their place."""
    name = type(loss).__name__
    object.__setattr__(loss, "label_smoothing", fraction(name, "label_smoothing", smoothing))
    if weights is not None:
        rule = "be one number for each class, or None"
        given = items(name, "class_weight", weights, rule)
        plain = tuple(not_negative(name, "each of class_weight", weight) for weight in given)
        object.__setattr__(loss, "class_weight", plain)
