"""Losses: how wrong an output is, and the gradient that says which way to go."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from convstep import ops
from convstep.errors import Shown, argument_error, type_error
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
    """The base of all losses."""

    @abstractmethod
    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Return the target as an array, or raise if it does not fit a network's output."""

    @abstractmethod
    def forward(self, output: Array, target: Array) -> tuple[float, Array]:
        """Return the mean loss over the batch, and its gradient by the output."""


@dataclass(frozen=True)
class SoftmaxCrossEntropy(Loss):
    """-log of the probability that softmax gives the right class, for integer labels.

    Notes
    -----
    Computed from log-softmax, so that no score is too large; the gradient is
    ``(softmax(output) - onehot(target)) / batch``.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep import nn
    >>> loss, grad = nn.SoftmaxCrossEntropy().forward(np.zeros((2, 4)), np.array([0, 3]))
    >>> round(loss, 4), grad.shape
    (1.3863, (2, 4))
    """

    def check(self, function: str, argument: str, target: Any, output: ArraySpec) -> Array:
        """Check integer labels from 0 up to the number of outputs."""
        if len(output.shape) != 1:
            rule = "end in one score per class for softmax cross-entropy"
            got = Shown(f"outputs of shape {output.shape}")
            raise argument_error(
                function, "the network", rule, got, "Let it end in Dense(number_of_classes)."
            )
        classes = output.shape[0]
        try:
            labels = np.asarray(target)
        except ValueError:
            advice = "Its rows differ in length."
            raise type_error(function, argument, _LABELS, target, advice) from None
        if classes < 2:
            rule = "end in one score per class, two or more, for softmax cross-entropy"
            raise argument_error(function, "the network", rule, Shown("one score"))
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

    def forward(self, output: Array, target: Array) -> tuple[float, Array]:
        """Return the mean loss and its gradient."""
        name = type(self).__name__
        output = array(name, "output", output, 2, "(batch, classes)")
        labels = self.check(name, "target", target, ArraySpec(output.shape[1:], output.dtype))
        if len(labels) != len(output) or not len(output):
            rule = f"hold a label for each of the {len(output)} outputs, and one at least"
            raise argument_error(name, "target", rule, labels)
        rows = np.arange(len(output))
        log_probabilities = ops.log_softmax(output)
        loss = -log_probabilities[rows, labels].mean(dtype=np.float64)
        grad = np.exp(log_probabilities)
        grad[rows, labels] -= 1
        grad /= len(output)
        return float(loss), grad
