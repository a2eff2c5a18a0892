"""First values of weights: random, of such a size that signals keep theirs through the layers.

`fan_in` is the number of products summed into one output, `fan_out` the number of outputs that
one input takes part in.
"""

import math

import numpy as np

from convstep.nn.layer import Array, ArraySpec
from convstep.nn.random import Key


def he_normal(rng: Key, spec: ArraySpec, fan_in: int) -> Array:
    """Draw from a normal distribution of variance 2 / fan_in, for layers before a rectifier.

    He, Zhang, Ren, Sun (2015), *Delving deep into rectifiers*, equation 10.
    """
    values = rng.generator().standard_normal(spec.shape)
    return (values * math.sqrt(2 / fan_in)).astype(spec.dtype)


def glorot_uniform(rng: Key, spec: ArraySpec, fan_in: int, fan_out: int) -> Array:
    """Draw uniformly, of variance 2 / (fan_in + fan_out), for layers before anything else.

    Glorot, Bengio (2010), *Understanding the difficulty of training deep feedforward neural
    networks*, equation 16.
    """
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.generator().uniform(-limit, limit, spec.shape).astype(spec.dtype)


def zeros(spec: ArraySpec) -> Array:
    """Return zeros, the first value of every bias."""
    return np.zeros(spec.shape, spec.dtype)


def ones(spec: ArraySpec) -> Array:
    """Return ones, the first value of every scale."""
    return np.ones(spec.shape, spec.dtype)
