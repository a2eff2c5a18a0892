"""Activations that are x times a gate. Their backward needs the *input*."""

import math

import numpy as np

from convstep.ops.checks import Array
from convstep.ops.portable.activation import sigmoid

# Rational approximations of erf(x) / x below 1, in x squared, and of erfc(x) * exp(x * x) from 1
# to 8, in x: Moshier, Cephes Mathematical Library, ndtr.c; highest power first.
_ERF = (
    (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3,
     7.00332514112805075473e3, 5.55923013010394962768e4),
    (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
     2.26290000613890934246e4, 4.92673942608635921086e4),
)  # fmt: skip
_ERFC = (
    (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
     4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2,
     9.34528527171957607540e2, 1.02755188689515710272e3, 5.57535335369399327526e2),
    (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
     9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3,
     1.65666309194161350182e3, 5.57535340817727675546e2),
)  # fmt: skip
_CUBE = 0.044715
_SLOPE = math.sqrt(2 / math.pi)


def hard_swish(x: Array) -> Array:
    """x * min(max(x + 3, 0), 6) / 6."""
    y: Array = x * (np.clip(x + 3, 0, 6) / 6)
    return y


def hard_swish_backward(grad: Array, x: Array) -> Array:
    """grad * (x / 3 + 1 / 2) from -3 to 3; nothing passes below, all above."""
    dx: Array = grad * np.where(x < 3, np.where(x > -3, x / 3 + x.dtype.type(0.5), 0), 1)
    return dx


def silu(x: Array) -> Array:
    """x * sigmoid(x)."""
    y: Array = x * sigmoid(x)
    return y


def silu_backward(grad: Array, x: Array) -> Array:
    """grad * s * (1 + x * (1 - s)), where s = sigmoid(x)."""
    s = sigmoid(x)
    dx: Array = grad * (s * (1 + x * (1 - s)))
    return dx


def gelu(x: Array, approximate: str) -> Array:
    """x * P(X < x), for X of the standard normal distribution."""
    if approximate == "tanh":
        gate: Array = (1 + np.tanh(_inner(x))) / 2
    else:
        gate = _normal_share(x)
    y: Array = x * gate
    return y


def gelu_backward(grad: Array, x: Array, approximate: str) -> Array:
    """grad * (gate + x * the gate's slope)."""
    if approximate == "tanh":
        t = np.tanh(_inner(x))
        slope = (1 - t * t) * (_SLOPE / 2 * (1 + 3 * _CUBE * x * x))
        gate: Array = (1 + t) / 2
    else:
        slope = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        gate = _normal_share(x)
    dx: Array = grad * (gate + x * slope)
    return dx


def _inner(x: Array) -> Array:
    """What the approximation takes the tanh of."""
    y: Array = _SLOPE * (x + _CUBE * x * x * x)
    return y


def _normal_share(x: Array) -> Array:
    """P(X < x), from erfc where it is small, so that nothing cancels."""
    z = x * x.dtype.type(math.sqrt(0.5))
    size = np.abs(z)
    square = np.minimum(z * z, 1)
    near = (1 + z * _rational(square, _ERF)) / 2
    # exp is 0 in all dtypes long before 30, and beyond it powers would overflow float32.
    place = np.minimum(size, 30)
    tail = np.exp(-place * place) * _rational(np.minimum(place, 8), _ERFC) / 2
    y: Array = np.where(size < 1, near, np.where(z < 0, tail, 1 - tail))
    return y


def _rational(x: Array, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    """Divide two polynomials."""
    above, below = (_polynomial(x, each) for each in coefficients)
    y: Array = above / below
    return y


def _polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """Evaluate by Horner's rule, highest power first."""
    y = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        y *= x
        y += coefficient
    return y
