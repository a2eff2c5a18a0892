"""Optimizers: rules that move parameters against their gradients.

An optimizer is a description, like a layer. What it remembers from step to step is an
`OptimizerState`, which belongs to the run. Parameters and gradients are vectors: all of a
model's, end to end, so that a step is one pass over them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from convstep.errors import argument_error
from convstep.nn.checks import fraction, not_negative, positive
from convstep.nn.layer import Array
from convstep.ops.geometry import flag
from convstep.ops.optimizer import adam_update, sgd_update


@dataclass
class OptimizerState:
    """What an optimizer remembers: the number of steps made, and its arrays by name."""

    step: int
    arrays: dict[str, Array]


class Optimizer(ABC):
    """The base of all optimizers."""

    learning_rate: float

    @abstractmethod
    def init(self, params: Array) -> OptimizerState:
        """Make the state before the first step."""

    @abstractmethod
    def update(
        self, params: Array, grads: Array, state: OptimizerState, learning_rate: float
    ) -> None:
        """Make one step, in place; the gradients stay as they are."""

    def _check(self, **rules: Callable[[str, str, Any], float]) -> None:
        """Check the fields named, and put plain numbers in their place."""
        for name, check in rules.items():
            value = check(type(self).__name__, name, getattr(self, name))
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    ``velocity = momentum * velocity + grad``; ``params -= learning_rate * velocity``.

    Parameters
    ----------
    learning_rate : float
    momentum : float
        The share of the velocity that each step keeps, from 0 up to, not including, 1.
    nesterov : bool
        Look ahead: move by ``grad + momentum * velocity`` instead.
    weight_decay : float
        Adds ``weight_decay * params`` to the gradient.

    Notes
    -----
    Sutskever et al. (2013), *On the importance of initialization and momentum in deep learning*,
    with the learning rate outside the velocity, as PyTorch does.
    """

    learning_rate: float
    _: KW_ONLY
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._check(
            learning_rate=positive, momentum=fraction, nesterov=flag, weight_decay=not_negative
        )
        if self.nesterov and not self.momentum:
            rule = "come with a momentum above 0"
            raise argument_error("SGD", "nesterov", rule, self.momentum)

    def init(self, params: Array) -> OptimizerState:
        """Start at rest."""
        return OptimizerState(0, {"velocity": np.zeros_like(params)} if self.momentum else {})

    def update(
        self, params: Array, grads: Array, state: OptimizerState, learning_rate: float
    ) -> None:
        """Make one step."""
        state.step += 1
        sgd_update(
            params,
            grads,
            state.arrays.get("velocity"),
            learning_rate=learning_rate,
            momentum=self.momentum,
            nesterov=self.nesterov,
            weight_decay=self.weight_decay,
        )


@dataclass(frozen=True)
class Adam(Optimizer):
    """Steps of a size that adapts to each parameter.

    Parameters
    ----------
    learning_rate : float
    beta1, beta2 : float
        The share that the running means of the gradient and of its square keep at each step.
    epsilon : float
        Keeps the division away from zero.
    weight_decay : float
        Adds ``weight_decay * params`` to the gradient.

    Notes
    -----
    Kingma, Ba (2015), *Adam: a method for stochastic optimization*, algorithm 1.
    """

    learning_rate: float = 0.001
    _: KW_ONLY
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    _decoupled: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Check the arguments."""
        self._check(
            learning_rate=positive,
            beta1=fraction,
            beta2=fraction,
            epsilon=positive,
            weight_decay=not_negative,
        )

    def init(self, params: Array) -> OptimizerState:
        """Start both means at zero; `update` corrects for that."""
        arrays = {"mean": np.zeros_like(params), "square": np.zeros_like(params)}
        return OptimizerState(0, arrays)

    def update(
        self, params: Array, grads: Array, state: OptimizerState, learning_rate: float
    ) -> None:
        """Make one step."""
        state.step += 1
        adam_update(
            params,
            grads,
            **state.arrays,
            step=state.step,
            learning_rate=learning_rate,
            beta1=self.beta1,
            beta2=self.beta2,
            epsilon=self.epsilon,
            weight_decay=self.weight_decay,
            decoupled=self._decoupled,
        )


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with a weight decay of its own, apart from the gradient.

    Each step first takes ``learning_rate * weight_decay`` of every parameter away, then moves as
    `Adam` does without decay.

    Parameters
    ----------
    learning_rate, beta1, beta2, epsilon
        As for `Adam`.
    weight_decay : float

    Notes
    -----
    Loshchilov, Hutter (2019), *Decoupled weight decay regularization*, with the decay scaled by
    the learning rate, as PyTorch does.
    """

    _: KW_ONLY
    weight_decay: float = 0.01
    _decoupled: ClassVar[bool] = True
