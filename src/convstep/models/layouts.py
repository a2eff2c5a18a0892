"""How other frameworks call a layer's arrays, and lay out their axes.

Here a weight has its kernel's axes first, then input channels, then output channels.
PyTorch has output and input channels first, for transposed convolutions the other way round;
since those are adjoints here as there, one transposition serves all. Keras has the same order as
here but for depthwise kernels, (kh, kw, channels, multiplier).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from convstep.models.leaves import Leaf
from convstep.nn.layer import Array


@dataclass(frozen=True)
class Layout:
    """The habits of a framework.

    Parameters
    ----------
    title : str
        Its name, for messages.
    names : mapping
        For one of our layers, its arrays' names: ours to theirs, in their order.
    turned : callable
        ``turned(leaf, name, array)``: the array, given by our name, in our order of axes.
    channels_first : bool
        Whether a flattened image has its channels outermost.
    plain : callable
        From an array's name to one with dots between its parts.
    ignored : frozenset of str
        Short names of arrays that have no use here.
    """

    title: str
    names: Callable[[Leaf], Mapping[str, str]]
    turned: Callable[[Leaf, str, Array], Array]
    channels_first: bool
    plain: Callable[[str], str]
    ignored: frozenset[str] = frozenset()


# Our names that differ from theirs.
_TORCH_NAMES = {"mean": "running_mean", "variance": "running_var"}
_KERAS_NAMES = {"weight": "kernel"}
_KERAS_OWN_NAMES = {
    "BatchNorm": {
        "weight": "gamma",
        "bias": "beta",
        "mean": "moving_mean",
        "variance": "moving_variance",
    },
    "SeparableConv2D": {"depthwise_weight": "kernel", "weight": "pointwise_kernel"},
}


def _torch_names(leaf: Leaf) -> Mapping[str, str]:
    return {name: _TORCH_NAMES.get(name, name) for name in leaf.arrays}


def _torch_turned(leaf: Leaf, name: str, array: Array) -> Array:
    if array.ndim < 2:
        return array
    return array.transpose(*range(2, array.ndim), 1, 0)  # (out, in, ...) -> (..., in, out)


def _keras_names(leaf: Leaf) -> Mapping[str, str]:
    names = _KERAS_OWN_NAMES.get(type(leaf.layer).__name__, _KERAS_NAMES)
    return {name: names.get(name, name) for name in leaf.arrays}


def _keras_turned(leaf: Leaf, name: str, array: Array) -> Array:
    if array.ndim == 4 and leaf.arrays[name].shape[2:3] == (1,):
        return array.reshape(*array.shape[:2], 1, -1)  # (kh, kw, C, m) -> (kh, kw, 1, C * m)
    return array


def _keras_plain(name: str) -> str:
    name = name.replace("/", ".").removesuffix(":0")  # "conv1/kernel:0" -> "conv1.kernel"
    # Depthwise kernels have a name of their own in some versions, and not in others.
    return name.removesuffix("depthwise_kernel") + "kernel" * name.endswith("depthwise_kernel")


TORCH = Layout(
    "PyTorch", _torch_names, _torch_turned, True, str, frozenset({"num_batches_tracked"})
)
KERAS = Layout("Keras", _keras_names, _keras_turned, False, _keras_plain)
