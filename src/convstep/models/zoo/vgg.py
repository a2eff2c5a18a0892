"""VGG: plain convolutions of 3 x 3, one upon the other."""

from convstep import nn
from convstep.graph import Graph, Sequential
from convstep.nn.layer import Layer
from convstep.ops.geometry import integer

_POOL = 0
_VGG11 = (64, _POOL, 128, _POOL, 256, 256, _POOL, 512, 512, _POOL, 512, 512, _POOL)


def vgg11(classes: int = 1000) -> Graph:
    """Build VGG-11: 132,863,336 parameters with 1000 classes.

    Parameters
    ----------
    classes : int
        The number of scores.

    Returns
    -------
    Graph
        For images (224, 224, 3); other sizes, from 32 x 32, change the number of parameters.

    Notes
    -----
    Simonyan, Zisserman (2014), *Very deep convolutional networks for large-scale image
    recognition*, configuration A, without batch normalisation. For images of 224 x 224 it is
    torchvision's ``vgg11``, whose adaptive pooling does nothing there.

    Examples
    --------
    >>> from convstep.models import Model, zoo
    >>> Model(zoo.vgg11(), input_shape=(224, 224, 3))
    Model(input_shape=(224, 224, 3), parameters=132863336, dtype=float32)
    """
    features: list[tuple[str, Layer]] = []
    place = 0  # counted as torchvision does, where a ReLU is a layer of its own
    for width in _VGG11:
        layer: Layer = nn.MaxPool2D(2)
        if width != _POOL:
            layer = nn.Conv2D(width, 3, padding=1, activation="relu")
        features.append((str(place), layer))
        place += 1 if width == _POOL else 2
    classifier = [
        ("0", nn.Dense(4096, activation="relu")),
        ("2", nn.Dropout(0.5)),
        ("3", nn.Dense(4096, activation="relu")),
        ("5", nn.Dropout(0.5)),
        ("6", nn.Dense(integer("vgg11", "classes", classes, 1))),
    ]
    return Sequential(
        [
            ("features", Sequential(features)),
            ("flatten", nn.Flatten()),
            ("classifier", Sequential(classifier)),
        ]
    )
