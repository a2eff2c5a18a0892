"""The fully connected layer, forward and backward."""

from typing import Any, NamedTuple

from convstep.errors import argument_error
from convstep.ops import checks
from convstep.ops.checks import Array, as_dtype, in_one_dtype, like
from convstep.ops.dispatch import body
from convstep.ops.portable.activation import ACTIVATIONS

NEEDS = ("x", "weight", "bias")


class DenseGrads(NamedTuple):
    """Gradients of `dense`, each in its argument's shape; None where it was not needed."""

    x: Array | None
    weight: Array | None
    bias: Array | None


def dense(x: Any, weight: Any, bias: Any = None, *, activation: str | None = None) -> Array:
    """Multiply each example by a matrix: ``x @ weight + bias``.

    Parameters
    ----------
    x : ndarray of real numbers, shape (N, in_features)
    weight : ndarray of real numbers, shape (in_features, out_features)
    bias : ndarray of real numbers, shape (out_features,), optional
    activation : {"relu", "relu6", "leaky_relu", "sigmoid", "tanh"}, optional
        Applied to y. For inference: the backward function knows nothing of it.

    Returns
    -------
    ndarray, shape (N, out_features)
        New memory, of dtype ``np.result_type(x, weight, bias)`` where that is floating, else
        float64.

    Raises
    ------
    ArgumentError
        If the shapes do not fit each other.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> cs.ops.dense(np.ones((32, 128)), np.ones((128, 10)), np.zeros(10)).shape
    (32, 10)
    """
    x, weight = _operands("dense", x, weight)
    if bias is not None:
        bias = checks.bias("dense", bias, weight.shape[1])
    if activation is not None:
        checks.choice("dense", "activation", activation, tuple(ACTIVATIONS))
    result, (x, weight, bias) = in_one_dtype(x, weight, bias)
    y: Array = body("dense", x.dtype)(x, weight, bias, activation)
    return as_dtype(y, result)


def dense_backward(grad: Any, x: Any, weight: Any, *, needs: Any = NEEDS) -> DenseGrads:
    """Carry a gradient back through `dense`.

    Parameters
    ----------
    grad : ndarray of real numbers, shape (N, out_features)
    x, weight
        As they were given to `dense`.
    needs : tuple of {"x", "weight", "bias"}
        Which gradients to compute.

    Returns
    -------
    DenseGrads
        ``(x, weight, bias)``: new arrays, None where not needed; sums over examples. Each has
        its argument's dtype where that is floating, else float64 (the bias's gradient: grad's).

    Raises
    ------
    ArgumentError
        If the shapes do not fit each other.

    Examples
    --------
    >>> import numpy as np, convstep as cs
    >>> x, weight = np.ones((32, 128)), np.ones((128, 10))
    >>> grads = cs.ops.dense_backward(np.ones((32, 10)), x, weight, needs=("weight", "bias"))
    >>> grads.x, grads.weight.shape, grads.bias.shape
    (None, (128, 10), (10,))
    """
    name = "dense_backward"
    x, weight = _operands(name, x, weight)
    grad = checks.array(name, "grad", grad, 2, "(batch, out_features)")
    checks.same_shape(name, "grad", grad, (len(x), weight.shape[1]), "the output's")
    needs = checks.chosen(name, needs, NEEDS)
    _, (g, a, w) = in_one_dtype(grad, x, weight)
    dx = dweight = dbias = None
    if "x" in needs:
        dx = body("dense_input_grad", g.dtype)(g, w)
    if "weight" in needs:
        dweight = body("dense_weight_grad", g.dtype)(g, a)
    if "bias" in needs:
        dbias = body("dense_bias_grad", g.dtype)(g)
    return DenseGrads(like(x, dx), like(weight, dweight), like(grad, dbias))


def _operands(function: str, x: Any, weight: Any) -> tuple[Array, Array]:
    x = checks.array(function, "x", x, 2, "(batch, in_features)")
    weight = checks.array(function, "weight", weight, 2, "(in_features, out_features)")
    if weight.shape[0] != x.shape[1]:
        rule = f"have {x.shape[1]} input features (axis 0) to match x"
        raise argument_error(function, "weight", rule, weight)
    return x, weight
