"""Residual networks: ResNet-18 for large images, ResNet-20 for small ones."""

from collections.abc import Callable

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn.layer import Layer
from convstep.ops.geometry import integer

Shortcut = Callable[[int, int], tuple[str, Layer]]
"""From a width and a stride to the name and the layer that take a block's input to its sum."""


def resnet20(classes: int = 10) -> Graph:
    """Build ResNet-20 for CIFAR-10: 269,722 parameters with 10 classes.

    Parameters
    ----------
    classes : int
        The number of scores.

    Returns
    -------
    Graph
        For images (32, 32, 3).

    Notes
    -----
    He et al. (2015), *Deep residual learning for image recognition*, section 4.2 with n = 3:
    stages of 16, 32 and 64 channels, three blocks each, and shortcuts without parameters (option
    A, `nn.IdentityShortcut`). The paper does not say where the channels of zeros go; here half
    come before and half after. Convolutions have no bias.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.resnet20(), input_shape=(32, 32, 3))
    Model(input_shape=(32, 32, 3), parameters=269722, dtype=float32)
    """
    stages = [(16, 1), (32, 2), (64, 2)]
    return Sequential(
        [
            ("conv1", nn.Conv2D(16, 3, padding=1, bias=False)),
            ("bn1", nn.BatchNorm(activation="relu")),
            *_stages(stages, blocks=3, shortcut=_identity),
            ("pool", nn.GlobalAvgPool2D()),
            ("linear", nn.Dense(integer("resnet20", "classes", classes, 1))),
        ]
    )


def resnet18(classes: int = 1000) -> Graph:
    """Build ResNet-18: 11,689,512 parameters with 1000 classes.

    Parameters
    ----------
    classes : int
        The number of scores.

    Returns
    -------
    Graph
        For images (224, 224, 3), and other sizes from 32 x 32.

    Notes
    -----
    He et al. (2015), *Deep residual learning for image recognition*, table 1, with projections
    where a block changes the size (option B), as torchvision's ``resnet18``.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.resnet18(), input_shape=(224, 224, 3))
    Model(input_shape=(224, 224, 3), parameters=11689512, dtype=float32)
    """
    stages = [(64, 1), (128, 2), (256, 2), (512, 2)]
    return Sequential(
        [
            ("conv1", nn.Conv2D(64, 7, stride=2, padding=3, bias=False)),
            ("bn1", nn.BatchNorm(activation="relu")),
            ("maxpool", nn.MaxPool2D(3, stride=2, padding=1)),
            *_stages(stages, blocks=2, shortcut=_projection),
            ("avgpool", nn.GlobalAvgPool2D()),
            ("fc", nn.Dense(integer("resnet18", "classes", classes, 1))),
        ]
    )


def _stages(
    stages: list[tuple[int, int]], blocks: int, shortcut: Shortcut
) -> list[tuple[str, Graph]]:
    """Build stages of blocks: "layer1.0", "layer1.1", ..., from their widths and strides."""
    built = []
    for place, (width, stride) in enumerate(stages, start=1):
        first = _block(width, stride, None if stride == 1 else shortcut(width, stride))
        rest = [(str(block), _block(width, 1, None)) for block in range(1, blocks)]
        built.append((f"layer{place}", Sequential([("0", first), *rest])))
    return built


def _block(width: int, stride: int, shortcut: tuple[str, Layer] | None) -> Graph:
    """Build two convolutions with a shortcut around them; None is the identity."""
    around = [] if shortcut is None else [(*shortcut, "x")]
    return Graph(
        [
            ("conv1", nn.Conv2D(width, 3, stride=stride, padding=1, bias=False), "x"),
            ("bn1", nn.BatchNorm(activation="relu"), "conv1"),
            ("conv2", nn.Conv2D(width, 3, padding=1, bias=False), "bn1"),
            ("bn2", nn.BatchNorm(), "conv2"),
            *around,
            ("add", nn.Add(activation="relu"), ("bn2", "x" if shortcut is None else shortcut[0])),
        ],
        "add",
    )


def _identity(width: int, stride: int) -> tuple[str, Layer]:
    return "shortcut", nn.IdentityShortcut(width, stride=stride)


def _projection(width: int, stride: int) -> tuple[str, Layer]:
    conv = nn.Conv2D(width, 1, stride=stride, bias=False)
    return "downsample", Sequential([("0", conv), ("1", nn.BatchNorm())])
