"""MobileNetV2: narrow residual blocks around wide depthwise convolutions."""

from collections.abc import Iterator, Sequence

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn.checks import positive
from convstep.nn.layer import Layer
from convstep.ops.geometry import integer

# Expansion, channels, blocks, stride of the first block: table 2 of the paper.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def mobilenet_v2(classes: int = 1000, width: float = 1.0) -> Graph:
    """Build MobileNetV2: 3,504,872 parameters with 1000 classes and a width of 1.

    Parameters
    ----------
    classes : int
        The number of scores.
    width : float
        What channels are multiplied by; they are then rounded to multiples of 8.

    Returns
    -------
    Graph
        For images (224, 224, 3), and other sizes from 32 x 32.

    Notes
    -----
    Sandler et al. (2018), *MobileNetV2: inverted residuals and linear bottlenecks*, table 2. As
    in torchvision's ``mobilenet_v2``, rounding never takes away more than a tenth, the last
    convolution has 1280 channels or more, and a fifth of the features is dropped before the
    scores.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.mobilenet_v2(), input_shape=(96, 96, 3))
    Model(input_shape=(96, 96, 3), parameters=3504872, dtype=float32)
    """
    classes = integer("mobilenet_v2", "classes", classes, 1)
    width = positive("mobilenet_v2", "width", width)
    first = nn.Conv2D(_rounded(32 * width), 3, stride=2, padding=1, bias=False)
    last = nn.Conv2D(_rounded(1280 * max(width, 1.0)), 1, bias=False)
    features = [_activated(first), *_blocks(width), _activated(last)]
    return Sequential(
        [
            ("features", _numbered(features)),
            ("pool", nn.GlobalAvgPool2D()),
            ("classifier", _numbered([nn.Dropout(0.2), nn.Dense(classes)])),
        ]
    )


def _blocks(width: float) -> Iterator[Graph]:
    """Build the residual blocks of all stages."""
    channels = _rounded(32 * width)
    for expansion, base, count, first_stride in _STAGES:
        for block in range(count):
            stride = first_stride if block == 0 else 1
            yield _block(channels, _rounded(base * width), expansion, stride)
            channels = _rounded(base * width)


def _block(channels: int, out_channels: int, expansion: int, stride: int) -> Graph:
    """Widen, convolve each channel, narrow; add the input where the shape allows."""
    wide = [] if expansion == 1 else [nn.Conv2D(channels * expansion, 1, bias=False)]
    deep = nn.DepthwiseConv2D(3, stride=stride, padding=1, bias=False)
    layers: list[Layer] = [_activated(conv) for conv in (*wide, deep)]
    layers += [nn.Conv2D(out_channels, 1, bias=False), nn.BatchNorm()]
    branch = _numbered(layers)
    if stride != 1 or channels != out_channels:
        return Sequential([("conv", branch)])
    return Graph([("conv", branch, "x"), ("add", nn.Add(), ("x", "conv"))], "add")


def _activated(conv: Layer) -> Graph:
    """Follow a convolution by batch normalisation and ReLU6."""
    return _numbered([conv, nn.BatchNorm(activation="relu6")])


def _numbered(layers: Sequence[Layer]) -> Graph:
    """Join layers in a row, called "0", "1", ..., as torchvision calls them."""
    return Sequential([(str(place), layer) for place, layer in enumerate(layers)])


def _rounded(channels: float) -> int:
    """Round to a multiple of 8, at least 8, that is no more than a tenth below."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
