"""The regressor."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from convstep import nn
from convstep.errors import argument_error
from convstep.estimators.base import ConvNet
from convstep.estimators.network import Scaling, moments
from convstep.estimators.sklearn import MultiOutputMixin, RegressorMixin, r2_score
from convstep.nn.layer import Array


@dataclass(frozen=True)
class ScaledMSE(nn.MSE):
    """The mean of squared errors, each measured in the standard deviation of its target.

    So learning rate, decay and tolerance mean the same for targets of any size.
    """

    std: tuple[float, ...]

    def forward(
        self, output: Array, target: Array, weight: Array | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss and its gradient."""
        std = np.asarray(self.std, output.dtype)
        loss, grad = super().forward(output / std, target / std, weight)
        return loss, grad / std


class ConvNetRegressor(RegressorMixin, MultiOutputMixin, ConvNet):  # type: ignore[misc]
    """A convolutional network that learns numbers from images, signals, or rows of numbers.

    Its loss is the mean squared error. Parameters, attributes and the forms of `X` are those of
    `ConvNetClassifier`, but for classes and their weights; the score on what is held back is R².
    The default network ends with the mean and standard deviation of the first targets turned
    round, and its losses are shares of their variance, so targets need no scaling. A `network`
    of one's own learns the targets as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep.estimators import ConvNetRegressor
    >>> time, frequency = np.linspace(0, 1, 32), np.linspace(1, 5, 200)
    >>> signals = np.sin(2 * np.pi * frequency[:, np.newaxis] * time)
    >>> net = ConvNetRegressor(max_iter=30, n_iter_no_change=np.inf, random_state=0)
    >>> net.fit(signals, frequency).score(signals, frequency) > 0.9
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train on examples.

        Parameters
        ----------
        X : array_like, shape (N, n), (N, height, width) or (N, height, width, channels)
        y : array_like of real numbers, shape (N,) or (N, outputs)
        sample_weight : array_like, shape (N,), optional
            What each example weighs; those that weigh 0 are left out.

        Raises
        ------
        ArgumentError
            If a parameter breaks its rule, or the loss becomes infinite or NaN.
        ValueError
            If scikit-learn's checks of `X` and `y` refuse them.
        """
        return self._fit(X, y, sample_weight, incremental=False)

    def partial_fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Make one pass over examples, going on from where training is."""
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the numbers of each example: shape (N,), or (N, outputs) if `y` had rows."""
        output = self._outputs(X)
        return output[:, 0] if self.n_outputs_ == 1 else output

    # ------------------------------------------------------------------ inside

    def _targets(self, y: Any, *, first: bool, incremental: bool) -> Array:
        numbers: Array = np.asarray(y, np.float64).reshape(len(y), -1)  # (N,) -> (N, 1)
        outputs = numbers.shape[1]
        if first:
            self.n_outputs_ = outputs
        elif outputs != self.n_outputs_:
            rule = f"hold {self.n_outputs_} numbers per example, as before"
            raise argument_error(type(self).__name__, "y", rule, numbers)
        return numbers

    def _weights(self, target: Array, weight: Array | None, *, incremental: bool) -> Array | None:
        return weight

    def _scale(self, target: Array, weight: Array | None) -> Scaling | None:
        return moments(target, weight)

    def _loss(self) -> nn.Loss:
        return nn.MSE() if self._scaling is None else ScaledMSE(self._scaling.std)

    def _measure(self, output: Array, target: Array, weight: Array | None) -> float:
        return float(r2_score(target, output, sample_weight=weight))
