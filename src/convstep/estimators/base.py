"""What both estimators share."""

import math
import warnings
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Literal, Self

import numpy as np

from convstep import nn
from convstep.errors import Shown, argument_error, type_error
from convstep.estimators.examples import as_images, as_rows, with_weight
from convstep.estimators.network import Scaling, default_network, moments
from convstep.estimators.sklearn import (
    BaseEstimator,
    ConvergenceWarning,
    check_is_fitted,
    check_random_state,
    check_sample_weight,
    column_or_1d,
    train_test_split,
    validate_data,
)
from convstep.estimators.watcher import Watcher
from convstep.graph import Graph
from convstep.models import Model
from convstep.nn.checks import fraction, items, not_negative, positive
from convstep.nn.layer import Array, Shape
from convstep.ops.checks import choice
from convstep.ops.geometry import flag, integer

Network = Graph | Callable[[Shape, int], Graph] | None
_AUTO_BATCH = 64
_DTYPES = ("auto", "float32", "float64")
_SOLVERS = ("adam", "adamw", "sgd")


class ConvNet(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both estimators share; `ConvNetClassifier` says what the parameters are."""

    def __init__(
        self,
        *,
        image_shape: Sequence[int] | None = None,
        network: Network = None,
        solver: Literal["adam", "adamw", "sgd"] = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate_init: float = 0.001,
        max_iter: int = 200,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 10,
        dtype: Literal["auto", "float32", "float64"] = "auto",
    ) -> None:
        self.image_shape = image_shape
        self.network = network
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.dtype = dtype

    # ------------------------------------------------------------------ what differs

    @abstractmethod
    def _targets(self, y: Array, *, first: bool, incremental: bool) -> Array:
        """Check `y`, and return what the loss wants; sets `n_outputs_` the first time."""

    @abstractmethod
    def _weights(self, target: Array, weight: Array | None, *, incremental: bool) -> Array | None:
        """Return what each example weighs in the loss."""

    @abstractmethod
    def _scale(self, target: Array, weight: Array | None) -> Scaling | None:
        """Return mean and spread of the targets, if they are numbers."""

    @abstractmethod
    def _loss(self) -> nn.Loss:
        """Return the loss that fits the targets."""

    @abstractmethod
    def _measure(self, output: Array, target: Array, weight: Array | None) -> float:
        """Score outputs as `score` does."""

    # ------------------------------------------------------------------ training

    def _fit(self, X: Any, y: Any, sample_weight: Any, *, incremental: bool) -> Self:
        """Do what `fit` promises, or what `partial_fit` does."""
        self._check_parameters(incremental)
        first = not hasattr(self, "model_") or not (incremental or self.warm_start)
        rows, shape = as_rows(X)
        rows, y = validate_data(self, rows, y, reset=first, dtype="numeric", multi_output=True)
        shape = self._example_shape(shape, rows.shape[1], first=first)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        target = self._targets(y, first=first, incremental=incremental)
        weight = None if sample_weight is None else check_sample_weight(sample_weight, rows)
        weight = self._weights(target, weight, incremental=incremental)
        x = as_images(rows, shape)
        if weight is not None:
            x, target, weight = with_weight(type(self).__name__, x, target, weight)
        random = check_random_state(self.random_state)
        if first:
            self.model_ = self._new_model(x, target, weight, random)
            self.image_shape_ = shape
            self.t_ = 0
            self.loss_curve_: list[float] = []
            self.validation_scores_: list[float] | None = None
            self.best_validation_score_: float | None = None
            self._memory: tuple[nn.OptimizerState, ...] | None = None
        if self.early_stopping:
            x, target, weight, held = self._hold_back(x, target, weight, random)
            self.validation_scores_ = self.validation_scores_ or []
            watcher = Watcher(self, score=lambda: self._measure_held(*held))
        else:
            watcher = Watcher(self, memory=self._memory if incremental else None)
        self._run(x, target, weight, watcher, 1 if incremental else self.max_iter)
        self._memory = watcher.memory
        if not (incremental or watcher.settled or math.isinf(self.n_iter_no_change)):
            warnings.warn(
                f"{type(self).__name__}: after max_iter={self.max_iter} epochs the training was "
                "still getting better. Raise max_iter, or learning_rate_init.",
                ConvergenceWarning,
                stacklevel=3,
            )
        return self

    def _run(
        self, x: Array, target: Array, weight: Array | None, watcher: Watcher, epochs: int
    ) -> None:
        """Train the model; what is learned stays if somebody presses Ctrl-C."""
        size = min(_AUTO_BATCH, len(x)) if self.batch_size == "auto" else self.batch_size
        self.n_iter_ = 0
        try:
            self.model_.fit(
                x,
                target,
                sample_weight=weight,
                epochs=epochs,
                batch_size=size,
                optimizer=self._optimizer(),
                loss=self._loss(),
                progress="none",
                callbacks=[watcher],
            )
        except KeyboardInterrupt:
            watcher.settled = True
            warnings.warn("Training interrupted by user.", stacklevel=4)

    def _new_model(self, x: Array, target: Array, weight: Array | None, random: Any) -> Model:
        """Make the network for these data, and see that it fits them."""
        shape, seed = x.shape[1:], int(random.randint(np.iinfo(np.int32).max))
        name, count = type(self).__name__, self.n_outputs_
        graph = self.network
        self._scaling: Scaling | None = None
        if graph is None:
            self._scaling = self._scale(target, weight)
            graph = default_network(shape, count, moments(x, weight), self._scaling)
        elif not isinstance(graph, Graph):
            graph = graph(shape, count)
            if not isinstance(graph, Graph):
                raise type_error(name, "network", "return a Graph", graph)
        dtype = self.dtype
        if dtype == "auto":
            dtype = "float64" if x.dtype == np.float64 else "float32"
        model = Model(graph, input_shape=shape, seed=seed, dtype=dtype)
        output = graph.spec(nn.ArraySpec(shape, model.dtype)).output.shape
        if output != (count,):
            rule = f"end in {count} numbers for these targets"
            raise argument_error(name, "network", rule, Shown(f"shape {output}"))
        return model

    def _hold_back(
        self, x: Array, target: Array, weight: Array | None, random: Any
    ) -> tuple[Array, Array, Array | None, tuple[Array, Array, Array | None]]:
        """Part the examples into those to train on and those to score on."""
        labels = target if target.dtype.kind in "iu" and target.ndim == 1 else None
        train, held = train_test_split(
            np.arange(len(x)),
            test_size=self.validation_fraction,
            random_state=random,
            stratify=labels,
        )
        if len(held) < 2:
            rule = "leave at least two examples to score on"
            raise argument_error(
                type(self).__name__, "validation_fraction", rule, self.validation_fraction
            )
        parts = [
            (x[part], target[part], None if weight is None else weight[part])
            for part in (train, held)
        ]
        return *parts[0], parts[1]

    def _measure_held(self, x: Array, target: Array, weight: Array | None) -> float:
        return self._measure(self.model_.predict(x), target, weight)

    def _optimizer(self) -> nn.Optimizer:
        rate, decay = self.learning_rate_init, self.alpha
        if self.solver == "sgd":
            nesterov = bool(self.nesterovs_momentum and self.momentum)
            return nn.SGD(rate, momentum=self.momentum, nesterov=nesterov, weight_decay=decay)
        return (nn.AdamW if self.solver == "adamw" else nn.Adam)(rate, weight_decay=decay)

    def _check_parameters(self, incremental: bool) -> None:
        """Check what nobody after this checks, and what decides before the data are looked at."""
        name = type(self).__name__
        choice(name, "solver", self.solver, _SOLVERS)
        choice(name, "dtype", self.dtype, _DTYPES)
        if not isinstance(self.batch_size, str):
            integer(name, "batch_size", self.batch_size, 1)
        else:
            choice(name, "batch_size", self.batch_size, ("auto",))
        integer(name, "max_iter", self.max_iter, 1)
        if self.n_iter_no_change != math.inf:
            integer(name, "n_iter_no_change", self.n_iter_no_change, 1)
        positive(name, "learning_rate_init", self.learning_rate_init)
        for argument in ("alpha", "tol"):
            not_negative(name, argument, getattr(self, argument))
        for argument in ("momentum", "validation_fraction"):
            fraction(name, argument, getattr(self, argument))
        for argument in ("warm_start", "nesterovs_momentum", "early_stopping"):
            flag(name, argument, getattr(self, argument))
        network: Any = self.network
        if not (network is None or isinstance(network, Graph) or callable(network)):
            rule = "be None, a Graph, or a function (input_shape, n_outputs) that returns one"
            raise type_error(name, "network", rule, network)
        if incremental and self.early_stopping:
            raise argument_error(name, "early_stopping", "be False for partial_fit", True)

    # ------------------------------------------------------------------ the examples

    def _example_shape(self, given: Shape | None, features: int, *, first: bool) -> Shape:
        """Decide what one example is: (height, width, channels)."""
        name = type(self).__name__
        wanted = self.image_shape_ if not first else self.image_shape
        if wanted is None:
            return given or (1, features, 1)
        rule = "be (height, width) or (height, width, channels)"
        shape = tuple(
            integer(name, "each of image_shape", length, 1)
            for length in items(name, "image_shape", wanted, rule)
        )
        if len(shape) not in (2, 3):
            raise argument_error(name, "image_shape", rule, wanted)
        shape = (*shape, 1)[:3]
        if given is not None and given != shape:
            raise argument_error(name, "X", f"hold images of shape {shape}", Shown(f"{given}"))
        if math.prod(shape) != features:
            rule = f"have as many numbers as a row of X: {features}"
            raise argument_error(name, "image_shape", rule, wanted)
        return shape

    def _outputs(self, X: Any) -> Array:
        """Compute the network's outputs."""
        check_is_fitted(self, "model_")  # a fit that was refused leaves other attributes
        rows, shape = as_rows(X)
        rows = validate_data(self, rows, reset=False, dtype="numeric")
        shape = self._example_shape(shape, rows.shape[1], first=False)
        return self.model_.predict(as_images(rows, shape))
