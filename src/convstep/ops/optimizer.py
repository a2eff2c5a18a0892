"""The steps of optimizers, in place, in one pass over vectors that lie end to end.

The vectors have one length and dtype; parts of a model's, as views, are as good as all of them.
Gradients are left as they are.
"""

from convstep.ops.checks import Array
from convstep.ops.dispatch import body


def sgd_update(
    params: Array,
    grads: Array,
    velocity: Array | None,
    *,
    learning_rate: float,
    momentum: float = 0.0,
    nesterov: bool = False,
    weight_decay: float = 0.0,
) -> None:
    """Make one step of stochastic gradient descent.

    ``grad += weight_decay * params``; ``velocity = momentum * velocity + grad``; then
    ``params -= learning_rate * velocity``, or of ``grad + momentum * velocity`` by Nesterov.

    Parameters
    ----------
    params, grads : ndarray, shape (n,)
        `params` changes.
    velocity : ndarray, shape (n,), or None
        Changes; None without momentum.
    learning_rate, momentum, weight_decay : float
    nesterov : bool
    """
    run = body("sgd_update", params.dtype)
    run(params, grads, velocity, learning_rate, momentum, nesterov, weight_decay)


def adam_update(
    params: Array,
    grads: Array,
    mean: Array,
    square: Array,
    *,
    step: int,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float = 0.0,
    decoupled: bool = False,
) -> None:
    """Make one step of Adam, or of AdamW.

    Parameters
    ----------
    params, grads : ndarray, shape (n,)
        `params` changes.
    mean, square : ndarray, shape (n,)
        The running means of the gradient and of its square; they change.
    step : int
        The number of this step, from 1 on.
    learning_rate, beta1, beta2, epsilon, weight_decay : float
    decoupled : bool
        Whether weights decay by themselves (AdamW: Loshchilov and Hutter, 2019), not as a part
        of the gradient.
    """
    run = body("adam_update", params.dtype)
    run(
        params, grads, mean, square, step, learning_rate, beta1, beta2, epsilon, weight_decay,
        decoupled,
    )  # fmt: skip
