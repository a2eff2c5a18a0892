"""The classifier."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn, Self

import numpy as np
import numpy.typing as npt

from convstep import nn, ops
from convstep.errors import Shown, argument_error
from convstep.estimators.base import ConvNet, Network
from convstep.estimators.network import Scaling
from convstep.estimators.sklearn import (
    ClassifierMixin,
    accuracy_score,
    check_classification_targets,
    check_first_partial_fit,
    compute_class_weight,
    type_of_target,
)
from convstep.nn.layer import Array


class ConvNetClassifier(ClassifierMixin, ConvNet):  # type: ignore[misc]
    """A convolutional network that classifies images, signals, or rows of numbers.

    Parameters
    ----------
    image_shape : (height, width) or (height, width, channels), optional
        What each row of a flat `X` is. Without it, rows of n numbers are signals: images of
        1 x n, one channel.
    network : Graph or callable, optional
        The network, or a function ``(input_shape, n_outputs) -> Graph``, which can be pickled
        only if it has a name in a module. It ends in one score per class, without softmax. If
        None, 3 x 3 convolutions with max pooling down to at most 7 x 7, and a hidden layer of
        64; it begins with a scaling by mean and standard deviation of the first data, and
        carries it with it.
    solver : {"adam", "adamw", "sgd"}
        "sgd" looks at `momentum` and `nesterovs_momentum`.
    alpha : float
        Weight decay: times the parameters, it is added to their gradients ("adamw": taken from
        the parameters themselves). It does not depend on the number of examples.
    batch_size : int or "auto"
        Examples per step; "auto" is 64, or all if there are fewer.
    learning_rate_init : float
        The learning rate.
    max_iter : int
        The most epochs of `fit`.
    random_state : int, RandomState or None
        Decides the first weights, the order of examples, and which are held back.
    tol : float
        `fit` ends when the loss (or the validation score) got better by less than this for more
        than `n_iter_no_change` epochs in a row.
    verbose : bool or int
        Print a line for each epoch.
    warm_start : bool
        Let `fit` go on from where the last one ended.
    momentum, nesterovs_momentum : float, bool
        Of "sgd".
    early_stopping : bool
        Hold back `validation_fraction` of the examples, stop by the score on them, and put back
        the parameters of the best epoch.
    validation_fraction : float
        The share to hold back, each class in proportion.
    n_iter_no_change : int
        See `tol`; ``numpy.inf`` for `max_iter` epochs in any case.
    class_weight : dict, "balanced" or None
        What the examples of each class weigh, beside their own weights; "balanced" gives all
        classes the same sum. Not for several labels at once.
    dtype : {"auto", "float32", "float64"}
        What the network computes in, and what comes out; "auto" is float64 where the first `X`
        is, as in scikit-learn, and float32 for all else. float32 is about twice as fast.

    Attributes
    ----------
    classes_ : ndarray, shape (n_classes,)
        The labels, sorted.
    model_ : Model
        The trained network: ``model_.summary()``, ``model_.save(path)``.
    image_shape_ : tuple of int
        (height, width, channels) of an example.
    n_features_in_, feature_names_in_ : int, ndarray
        Of a row; of images, height x width x channels.
    n_outputs_ : int
        Classes, or labels.
    loss_, best_loss_, loss_curve_ : float, float, list
        The mean loss of the last epoch, of the best one, and of all.
    validation_scores_, best_validation_score_ : list, float
        The accuracy on what was held back; None without `early_stopping`.
    n_iter_, t_ : int
        Epochs of the last call, and examples seen in all.

    Notes
    -----
    `X` holds flat rows (N, n), grey images (N, height, width), or images (N, height, width,
    channels); signals with channels are images of height 1. Targets are labels of any kind, or
    rows of 0 and 1 for several labels at once, each with a probability of its own. `partial_fit`
    makes one pass over what it is given and keeps the optimizer's memory.

    Examples
    --------
    >>> import numpy as np
    >>> from convstep.data import digits
    >>> from convstep.estimators import ConvNetClassifier
    >>> x, y = digits.load()
    >>> net = ConvNetClassifier(max_iter=5, n_iter_no_change=np.inf, random_state=0)
    >>> net = net.fit(x[:1000], y[:1000])
    >>> net.score(x[1000:], y[1000:]) > 0.9
    True
    >>> net.predict_proba(x[:3]).shape
    (3, 10)
    """

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
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
        dtype: Literal["auto", "float32", "float64"] = "auto",
    ) -> None:
        super().__init__(
            image_shape=image_shape,
            network=network,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate_init=learning_rate_init,
            max_iter=max_iter,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            dtype=dtype,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Train on examples.

        Parameters
        ----------
        X : array_like, shape (N, n), (N, height, width) or (N, height, width, channels)
        y : array_like, shape (N,), or (N, labels) of 0 and 1
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

    def partial_fit(
        self,
        X: Any,
        y: Any,
        sample_weight: npt.ArrayLike | None = None,
        classes: npt.ArrayLike | None = None,
    ) -> Self:
        """Make one pass over examples, going on from where training is.

        `classes` lists all labels that may come, and must be given in the first call.
        """
        if check_first_partial_fit(self, classes):
            self._multilabel = type_of_target(y) == "multilabel-indicator"
        return self._fit(X, y, sample_weight, incremental=True)

    def predict(self, X: Any) -> Array:
        """Return the likeliest label of each example; of several labels, rows of 0 and 1."""
        decided = self._decided(self._outputs(X))
        return decided if self._multilabel else self.classes_[decided]

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, in the order of `classes_`; shape (N, classes)."""
        output = self._outputs(X)
        return ops.sigmoid(output) if self._multilabel else ops.softmax(output)

    def predict_log_proba(self, X: Any) -> Array:
        """Return the logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            logarithms: Array = np.log(self.predict_proba(X))
        return logarithms

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    # ------------------------------------------------------------------ inside

    def _targets(self, y: Any, *, first: bool, incremental: bool) -> Array:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        multilabel = kind == "multilabel-indicator"
        if kind == "multiclass-multioutput":
            self._refuse("y", "hold one label per example, or rows of 0 and 1", y)
        if first and not incremental:
            self._multilabel = multilabel
            self.classes_ = np.arange(y.shape[1]) if multilabel else np.unique(y)
        elif multilabel != self._multilabel:
            self._refuse("y", "be of the kind that was trained on before", Shown(kind))
        self.n_outputs_ = len(self.classes_)
        if multilabel:
            if y.shape[1] != self.n_outputs_:
                self._refuse("y", f"have {self.n_outputs_} columns, one for each class", y)
            rows: Array = np.asarray(y.toarray() if hasattr(y, "toarray") else y, np.uint8)
            return rows
        if self.n_outputs_ < 2:
            self._refuse("y", "hold at least two classes", Shown(f"one class, {self.classes_}"))
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            self._refuse("y", f"hold classes of {self.classes_} only", Shown(f"{unknown}"))
        numbers: Array = np.searchsorted(self.classes_, y)
        return numbers

    def _weights(self, target: Array, weight: Array | None, *, incremental: bool) -> Array | None:
        if self.class_weight is None:
            return weight
        if self._multilabel:
            self._refuse("class_weight", "be None for several labels", self.class_weight)
        if not isinstance(self.class_weight, str):
            classes = self.classes_
            by_class = compute_class_weight(self.class_weight, classes=classes, y=classes)
            if not (by_class >= 0).all():
                self._refuse("class_weight", "hold no negative numbers", self.class_weight)
        elif self.class_weight != "balanced":
            self._refuse("class_weight", "be a dict, 'balanced' or None", self.class_weight)
        elif incremental:
            advice = "Give a dict: what is balanced shows in all the data only."
            self._refuse("class_weight", "not be 'balanced' for partial_fit", "balanced", advice)
        else:
            totals = np.bincount(target, weight, minlength=self.n_outputs_)
            by_class = totals.sum() / (self.n_outputs_ * np.where(totals > 0, totals, 1))
        each: Array = by_class[target]
        return each if weight is None else each * weight

    def _scale(self, target: Array, weight: Array | None) -> Scaling | None:
        return None

    def _loss(self) -> nn.Loss:
        return nn.SigmoidCrossEntropy() if self._multilabel else nn.SoftmaxCrossEntropy()

    def _measure(self, output: Array, target: Array, weight: Array | None) -> float:
        return float(accuracy_score(target, self._decided(output), sample_weight=weight))

    def _decided(self, output: Array) -> Array:
        decided = self._loss().decide(output)
        assert decided is not None  # both losses classify
        return decided

    def _refuse(self, argument: str, rule: str, got: Any, advice: str = "") -> NoReturn:
        raise argument_error(type(self).__name__, argument, rule, got, advice)
